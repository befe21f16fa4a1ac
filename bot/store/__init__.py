"""The databases: releases of the catalogue, and what residents said. The only SQLAlchemy."""
