"""Whom a network address stands for, where somebody is counted by it. Pure."""

from ipaddress import IPv6Address, IPv6Network, ip_address

_SUBSCRIBERS_BITS = 64


def subscriber(address: str) -> str:
    """One name for all addresses one subscriber may use.

    A line of IPv6 has 2^64 of them (RFC 6177), so that counting by single ones counts nobody. What is no
    address stays as it is.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return address
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(IPv6Network((int(found), _SUBSCRIBERS_BITS), strict=False))
