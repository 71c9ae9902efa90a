"""What editors and type checkers see: the names of ``__init__.py``, which loads them when first used."""

from cds_analysis.dataset.load import Dataset as Dataset
from cds_analysis.dataset.load import load as load
from cds_analysis.dataset.provinces import find_province as find_province
from cds_analysis.errors import CdsError as CdsError
from cds_analysis.errors import DataError as DataError
from cds_analysis.errors import ParameterError as ParameterError
from cds_analysis.errors import UnknownNameError as UnknownNameError
from cds_analysis.measures.bridge import bridge_scores as bridge_scores
from cds_analysis.measures.units import in_units as in_units
from cds_analysis.measures.changes import judge_changes as judge_changes
from cds_analysis.measures.claims import check_claims as check_claims
from cds_analysis.measures.claims import check_ratios as check_ratios
from cds_analysis.measures.compare import compare as compare
from cds_analysis.measures.compare import structural_peers as structural_peers
from cds_analysis.measures.convergence import convergence as convergence
from cds_analysis.measures.evidence import view_correlations as view_correlations
from cds_analysis.measures.evidence import view_differences as view_differences
from cds_analysis.measures.forecast import achieved_paces as achieved_paces
from cds_analysis.measures.forecast import chance_on_time as chance_on_time
from cds_analysis.measures.gaps import gaps as gaps
from cds_analysis.measures.mobility import mobility as mobility
from cds_analysis.measures.mobility import rank_agreement as rank_agreement
from cds_analysis.measures.own_trends import trends_beside_country as trends_beside_country
from cds_analysis.measures.rank_method import rank_intervals as rank_intervals
from cds_analysis.measures.rank_sampling import rank_confidence_sets as rank_confidence_sets
from cds_analysis.measures.ranks import places_gained as places_gained
from cds_analysis.measures.ranks import ranks as ranks
from cds_analysis.measures.regional import rank_cohesion as rank_cohesion
from cds_analysis.measures.regional import region_split as region_split
from cds_analysis.measures.rules import rule_verdicts as rule_verdicts
from cds_analysis.measures.standing import p_rise as p_rise
from cds_analysis.measures.standing import standing as standing
from cds_analysis.measures.thresholds import cut_offs as cut_offs
from cds_analysis.measures.thresholds import next_steps as next_steps
from cds_analysis.measures.trends import ceiling_gaps as ceiling_gaps
from cds_analysis.measures.trends import trends as trends
from cds_analysis.study.result import Result as Result
from cds_analysis.study.study import open_study as open
from cds_analysis.study.study import Study as Study

__version__: str
