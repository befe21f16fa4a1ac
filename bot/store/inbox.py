"""What came in from messengers: stored before it is acknowledged, leased while it is answered."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Update,
    delete,
    exists,
    func,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.orm import aliased

from bot.messages import Incoming, Leased, Standing
from bot.store.access import Access
from bot.store.batching import Batched
from bot.store.database import Database
from bot.store.schema_inbox import IncomingRow as Row
from bot.store.sealing import Seal

_AFTER_ALL = 2**63 - 1
_LEASED = (Row.id, Row.payload, Row.calls, Row.made, Row.tries, Row.received_at)


class InboxStore:
    """The inbox in the residents' database, shared by all replicas. Times are seconds since 1970.

    `hidden` makes a keyed hash of what names a chat, `seal` closes what was said. What comes in, what is
    changed and what is noted take one connection each, however much there is of it: no note waits for the
    others.
    """

    def __init__(self, database: Database, hidden: Callable[[str], str], seal: Seal) -> None:
        self._database = Access(database, "inbox")
        self._hidden = hidden
        self._seal = seal
        self._add = Batched(self._added)
        self._settle = Batched(self._settled)
        self._change = Batched(partial(self._changed, urgent=False))
        self._note = Batched(partial(self._changed, urgent=True))

    async def add(self, channel: str, incoming: Sequence[Incoming], now: float) -> None:
        """Store what is new, all of it or none. A known key changes nothing."""
        if rows := [self._row(channel, one, now) for one in incoming]:
            await self._add(rows)

    def _row(self, channel: str, one: Incoming, now: float) -> dict[str, Any]:
        return {
            "channel": channel,
            "key": self._key(channel, one.key),
            "lane": self._lane(channel, one.lane),
            "person": self._person(channel, one.person),
            "number": one.number,
            "payload": self._seal.closed(one.payload),
            "received_at": now,
        }

    async def _added(self, asked: Sequence[list[dict[str, Any]]]) -> list[None]:
        query = self._database.insert(Row).on_conflict_do_nothing(index_elements=["channel", "key"])
        # In one order everywhere: replicas that are offered the same must not wait for each other.
        rows = sorted((row for rows in asked for row in rows), key=lambda row: str(row["key"]))
        await self._database.write_at_once(lambda connection: connection.execute(query, rows))
        return [None] * len(asked)

    async def claim(self, channel: str, owner: str, now: float, until: float, most: int) -> list[Leased]:
        """Lease what is due, at most one update of each chat: the earliest that is not answered."""

        def lease(connection: Connection) -> list[Leased]:
            ids = list(connection.scalars(_due(channel, now, most)))
            if not ids:
                return []
            values = {"owner": owner, "lease_until": until, "tries": Row.tries + 1}
            query = update(Row).where(Row.id.in_(ids)).values(values).returning(*_LEASED)
            return sorted(map(self._leased, connection.execute(query)), key=lambda leased: leased.id)

        return await self._database.write_at_once(lease)

    async def claim_one(
        self, channel: str, incoming: Incoming, owner: str, now: float, until: float
    ) -> Leased | None:
        """Store one update where it is new, and lease it; None while somebody else has it.

        One that is answered already comes back with its calls, as long as they are remembered.
        """
        await self.add(channel, [incoming], now)
        mine = (Row.channel == channel, Row.key == self._key(channel, incoming.key))
        free = or_(Row.answered_at.is_not(None), Row.lease_until <= now)
        values = {"owner": owner, "lease_until": until, "tries": Row.tries + 1}
        query = update(Row).where(*mine, free).values(values).returning(*_LEASED)
        row = await self._database.write_at_once(lambda connection: connection.execute(query).first())
        return self._leased(row) if row else None

    def _leased(self, row: Iterable[Any]) -> Leased:
        leased = Leased(*row)
        return leased._replace(payload=self._seal.opened(leased.payload))

    async def standing(self, channel: str, incoming: Incoming, now: float) -> Standing:
        """How an update stands that is offered; what waits in its lane and came before it comes first.

        What was given for another of the same key, a picture of the same album, is not given for it too.
        """
        key, lane = self._key(channel, incoming.key), self._lane(channel, incoming.lane)
        before = (Row.lane == lane) & Row.answered_at.is_(None) & (Row.number < incoming.number)
        query = select(Row.key, Row.number, Row.calls, Row.answered_at, Row.due_at)
        query = query.where(Row.channel == channel, (Row.key == key) | before)
        rows = await self._database.read_at_once(lambda connection: connection.execute(query).all())
        for found, number, calls, answered_at, _ in rows:
            if found == key:
                given = answered_at is not None and number == incoming.number
                return Standing(True, calls or [] if given else [], 0.0)
        return Standing(False, [], max((1.0, *(due_at - now for *_, due_at in rows))) if rows else 0.0)

    async def settle(
        self, channel: str, incoming: Incoming, calls: Sequence[Any], now: float, *, given: bool
    ) -> list[Any]:
        """Store an update where it is new, with its calls: given in the answer to its push, or to be made.

        Returns what was given for it. Of one that is known nothing is changed, so that whoever offers it
        again, and whoever answers it at the same time, gets the same.
        """
        over = {**_over(now), "calls": list(calls)}
        rest = over if given else {"payload": null(), "calls": list(calls), "answered_at": None}
        return await self._settle({**self._row(channel, incoming, now), **rest})

    async def _settled(self, rows: Sequence[dict[str, Any]]) -> list[list[Any]]:
        storing = self._database.insert(Row).on_conflict_do_nothing(index_elements=["channel", "key"])
        keys = [row["key"] for row in rows]
        given = select(Row.key, Row.number, Row.calls)
        given = given.where(Row.key.in_(keys), Row.answered_at.is_not(None))

        def settle(connection: Connection) -> dict[tuple[str, int], list[Any]]:
            for row in sorted(rows, key=lambda row: str(row["key"])):
                connection.execute(storing.values(row))
            return {(key, number): calls or [] for key, number, calls in connection.execute(given)}

        found = await self._database.write_at_once(settle)
        return [found.get((row["key"], row["number"]), []) for row in rows]

    async def plan(self, id_: int, owner: str, calls: Sequence[Any]) -> bool:
        """Keep what answering asks of the messenger. False where the lease was lost."""
        return await self._change(_held(id_, owner).values(calls=list(calls), payload=null()))

    async def advance(self, id_: int, made: int) -> None:
        """Note how many of the calls are made: what is done is done, whoever holds the lease now."""
        query = update(Row).where(Row.id == id_, Row.made < made).values(made=made)
        await self._note(query)

    async def finish(self, id_: int, now: float, keep: bool = False) -> None:
        """Answered: only the key stays, and if told to `keep` them, the calls."""
        values = _over(now)
        if keep:
            del values["calls"]
        await self._note(update(Row).where(Row.id == id_).values(values))

    async def postpone(self, id_: int, owner: str, due_at: float) -> None:
        """Give the lease back; the update is due again at a time."""
        await self._change(_held(id_, owner).values(owner="", lease_until=0.0, due_at=due_at))

    async def renew(self, owner: str, ids: Sequence[int], until: float) -> set[int]:
        """Lengthen leases; returns those still held."""
        query = update(Row).where(Row.id.in_(ids), Row.owner == owner).values(lease_until=until)
        async with self._database.write() as connection:
            return set(await connection.scalars(query.returning(Row.id)))

    async def drop(self, channel: str, lane: str, now: float) -> None:
        """Nothing more can be said in a chat: all that waits for it is done with."""
        query = update(Row).where(Row.channel == channel, Row.lane == self._lane(channel, lane))
        await self._change(query.values(_over(now)))

    async def forget(self, channel: str, person: str, now: float) -> None:
        """Be done with all a person said that waits, out of the database's files too.

        Not with what is being answered, which may be the wish to be forgotten, nor with what came after that.
        """
        theirs = (Row.person == self._person(channel, person), Row.answered_at.is_(None))
        wish = select(func.max(Row.number)).where(*theirs, Row.lease_until > now).scalar_subquery()
        waits = (*theirs, Row.lease_until <= now, Row.number < func.coalesce(wish, _AFTER_ALL))
        await self._change(update(Row).where(*waits).values(_over(now)))
        await self._database.wipe()

    def _key(self, channel: str, key: str) -> str:
        return self._hidden(f"{channel}\0key\0{key}")

    def _lane(self, channel: str, lane: str) -> str:
        return self._hidden(f"{channel}\0{lane}")

    def _person(self, channel: str, person: str) -> str:
        """A person as kept here; the bots of one messenger, `telegram/666`, know the same people."""
        return self._hidden(f"{channel.partition('/')[0]}\0person\0{person}") if person else ""

    async def keep(self, channel: str, name: str, values: Sequence[Any], now: float) -> None:
        """Keep values under a name in place of those before; none deletes them. Forgotten like an update."""
        key = self._hidden(f"{channel}\0kept\0{name}")
        row = {"channel": channel, "key": key, "lane": "", "number": 0, "payload": null()}
        fresh = {"calls": list(values), "received_at": now, "answered_at": now}
        query = self._database.insert(Row).values(**row, **fresh)
        query = query.on_conflict_do_update(index_elements=["channel", "key"], set_=fresh)
        if not values:
            query = delete(Row).where(Row.channel == channel, Row.key == key)
        async with self._database.write() as connection:
            await connection.execute(query)

    async def kept(self, channel: str, name: str) -> list[Any]:
        """The values kept under a name."""
        key = self._hidden(f"{channel}\0kept\0{name}")
        query = select(Row.calls).where(Row.channel == channel, Row.key == key)
        async with self._database.read() as connection:
            return list(await connection.scalar(query) or [])

    async def waiting(self, now: float) -> dict[str, tuple[int, float]]:
        """By channel, how many updates wait for their answer and for how many seconds the oldest does."""
        query = select(Row.channel, func.count(), func.min(Row.received_at)).where(Row.answered_at.is_(None))
        async with self._database.read() as connection:
            rows = await connection.execute(query.group_by(Row.channel))
            return {channel: (count, max(0.0, now - oldest)) for channel, count, oldest in rows}

    async def forget_before(self, when: float) -> None:
        """Delete what came in before a time, answered or not."""
        await self._change(delete(Row).where(Row.received_at < when))

    async def _changed(self, queries: Sequence[Any], *, urgent: bool) -> list[bool]:
        """Whether each changed anything: all of them or none, in one transaction."""

        def change(connection: Connection) -> list[bool]:
            return [bool(connection.execute(query).rowcount) for query in queries]

        return await self._database.write_at_once(change, urgent=urgent)


def _over(now: float) -> dict[str, Any]:
    """What makes a row one that is done with: only its key is left."""
    return {
        "answered_at": now,
        "payload": null(),
        "calls": null(),
        "lane": "",
        "person": "",
        "owner": "",
    }


def _held(id_: int, owner: str) -> Update:
    return update(Row).where(Row.id == id_, Row.owner == owner)


def _due(channel: str, now: float, most: int) -> Any:
    """The rows to lease, locked where the database can; what another replica is leasing is passed over."""
    earlier = aliased(Row)
    blocked = exists().where(
        earlier.channel == Row.channel,
        earlier.lane == Row.lane,
        earlier.answered_at.is_(None),
        or_(earlier.number < Row.number, (earlier.number == Row.number) & (earlier.id < Row.id)),
    )
    return (
        select(Row.id)
        .where(Row.channel == channel, Row.answered_at.is_(None), _free(now), ~blocked)
        .order_by(Row.number, Row.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )


def _free(now: float) -> ColumnElement[bool]:
    return (Row.due_at <= now) & (Row.lease_until <= now)
