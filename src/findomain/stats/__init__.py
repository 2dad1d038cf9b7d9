"""Statistics: a table of scores in, frozen results out. Nothing here reads a shipped file or knows a model."""

from findomain.stats.adjusted import AdjustedGap, adjusted_gap, gap_curves
from findomain.stats.adjusted_placebo import adjusted_placebo
from findomain.stats.adjusted_variants import adjusted_variants, task_families
from findomain.stats.agreement import krippendorff_alpha
from findomain.stats.anova import (
    anova_placebo,
    f_by_draws,
    poolable_types,
    published_anova,
    recomputed_anova,
    widest_models,
)
from findomain.stats.compare import compare_tests
from findomain.stats.confounder import confounder_strength, observed_benchmarks, robustness_value
from findomain.stats.coverage import coverage, coverage_grid
from findomain.stats.domains import domain_gaps, domain_power, domain_tables, domain_variants, with_domain
from findomain.stats.effects import model_effects
from findomain.stats.estimate import Estimate, estimates_frame
from findomain.stats.exposure import exposure_effect, without_exposure
from findomain.stats.exposure_gap import (
    ExposureGap,
    exposure_gap,
    exposure_gaps,
    family_exposure,
    zero_shot_models,
    zero_shot_scores,
)
from findomain.stats.gap import GapResult, domain_gap
from findomain.stats.generalists import (
    AGAINST,
    ENOUGH_GENERALISTS,
    SIZE_FACTOR,
    GeneralistComparison,
    against_generalists,
    pool_generalists,
)
from findomain.stats.matching import MatchedGap, doubly_robust_gap, matched_gap
from findomain.stats.mismatch import mismatch_sensitivity
from findomain.stats.model_slopes import ModelSlopes, model_levels, model_slopes, slope_variants, slopes_by_domain
from findomain.stats.pair_pooling import crossed_mean, domain_means, one_each, pool_pairs, pool_table, without_task
from findomain.stats.paired import PairedGap, gap_by_model, gap_without_type, paired_bootstrap, paired_gap
from findomain.stats.placebo import PlaceboResult, placebo_rates
from findomain.stats.places import model_places, paired_difference
from findomain.stats.pooling import Pooled, pool_effects
from findomain.stats.power import gap_power, power_curve, variance_components
from findomain.stats.rank_exact import exact_p, on_grid, rho_grid, smallest_rho
from findomain.stats.ranks import RankAgreement, domain_ranks, range_restriction, rank_agreement
from findomain.stats.regression import Slope, TaskTable, regress, task_table
from findomain.stats.resampling import bootstrap_gap, permutation_gap
from findomain.stats.sensitivity import domain_tasks, flag_sensitivity, gap_variants, merge_families, without_flagged
from findomain.stats.specialists import PairEffect, pair_effect, pair_effects, worth
from findomain.stats.strata import complexity_placebo, complexity_thirds, published_regression
from findomain.stats.summary import GapReport, RankReport, gap_report, rank_report
from findomain.stats.table import check_scores, read_names, read_scores
from findomain.stats.validity import controls_of, validate_controls, validate_items
from findomain.stats.variance import level_agreement, score_variance

__all__ = [
    "AGAINST",
    "ENOUGH_GENERALISTS",
    "SIZE_FACTOR",
    "AdjustedGap",
    "Estimate",
    "ExposureGap",
    "GapReport",
    "GapResult",
    "GeneralistComparison",
    "MatchedGap",
    "ModelSlopes",
    "PairEffect",
    "PairedGap",
    "PlaceboResult",
    "Pooled",
    "RankAgreement",
    "RankReport",
    "Slope",
    "TaskTable",
    "adjusted_gap",
    "adjusted_placebo",
    "adjusted_variants",
    "against_generalists",
    "anova_placebo",
    "bootstrap_gap",
    "check_scores",
    "compare_tests",
    "complexity_placebo",
    "complexity_thirds",
    "confounder_strength",
    "controls_of",
    "coverage",
    "coverage_grid",
    "crossed_mean",
    "domain_gap",
    "domain_gaps",
    "domain_means",
    "domain_power",
    "domain_ranks",
    "domain_tables",
    "domain_tasks",
    "domain_variants",
    "doubly_robust_gap",
    "estimates_frame",
    "exact_p",
    "exposure_effect",
    "exposure_gap",
    "exposure_gaps",
    "f_by_draws",
    "family_exposure",
    "flag_sensitivity",
    "gap_by_model",
    "gap_curves",
    "gap_power",
    "gap_report",
    "gap_variants",
    "gap_without_type",
    "krippendorff_alpha",
    "level_agreement",
    "matched_gap",
    "merge_families",
    "mismatch_sensitivity",
    "model_effects",
    "model_levels",
    "model_places",
    "model_slopes",
    "observed_benchmarks",
    "on_grid",
    "one_each",
    "pair_effect",
    "pair_effects",
    "paired_bootstrap",
    "paired_difference",
    "paired_gap",
    "permutation_gap",
    "placebo_rates",
    "pool_effects",
    "pool_generalists",
    "pool_pairs",
    "pool_table",
    "poolable_types",
    "power_curve",
    "published_anova",
    "published_regression",
    "range_restriction",
    "rank_agreement",
    "rank_report",
    "read_names",
    "read_scores",
    "recomputed_anova",
    "regress",
    "rho_grid",
    "robustness_value",
    "score_variance",
    "slope_variants",
    "slopes_by_domain",
    "smallest_rho",
    "task_families",
    "task_table",
    "validate_controls",
    "validate_items",
    "variance_components",
    "widest_models",
    "with_domain",
    "without_exposure",
    "without_flagged",
    "without_task",
    "worth",
    "zero_shot_models",
    "zero_shot_scores",
]
