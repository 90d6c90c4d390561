"""The library on Milvus: the same as ``index.library``, in two collections of a server or a cluster."""

from index.milvus.library import MilvusLibrary

__all__ = ["MilvusLibrary"]
