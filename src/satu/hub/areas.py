"""The areas of the city, for whoever has to find an address: reference data, and no pull."""

from satu.registry.areas import KelurahanArea, RtArea, every_kelurahan, find_rt

__all__ = ["KelurahanArea", "RtArea", "every_kelurahan", "find_rt"]
