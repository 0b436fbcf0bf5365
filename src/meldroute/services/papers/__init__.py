"""The papers that the law asks for, written by the program from what it is: data, rules and code.

Each sentence says where it comes from and how sure it is. Nothing in them is about a signal or a person.
"""

from .catalogue import PAPERS, Papers, UnknownPaper, paper, papers_for

__all__ = ["PAPERS", "Papers", "UnknownPaper", "paper", "papers_for"]
