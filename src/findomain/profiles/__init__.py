"""Profiles of tasks and files: where measures of text, encoders and tasks meet, and the shipped table of profiles."""

from findomain.profiles.contrast import (
    correlations,
    cosines_by_domain,
    dataset_means,
    differences,
    domain_means,
    length_means,
    median_correlation,
)
from findomain.profiles.facts import STRUCTURE, TEXT, structure_facts, text_facts
from findomain.profiles.paper import beside_the_paper, tasks_with_figures
from findomain.profiles.profile import NAMES, Listener, Profile, Settings, profile_sources
from findomain.profiles.shipped import (
    load_cosines,
    load_datasets,
    load_descriptive,
    load_measures,
    load_same_source,
)
from findomain.profiles.source import Source, file_source, sample, task_source

__all__ = [
    "NAMES",
    "STRUCTURE",
    "TEXT",
    "Listener",
    "Profile",
    "Settings",
    "Source",
    "beside_the_paper",
    "correlations",
    "cosines_by_domain",
    "dataset_means",
    "differences",
    "domain_means",
    "file_source",
    "length_means",
    "load_cosines",
    "load_datasets",
    "load_descriptive",
    "load_measures",
    "load_same_source",
    "median_correlation",
    "profile_sources",
    "sample",
    "structure_facts",
    "task_source",
    "tasks_with_figures",
    "text_facts",
]
