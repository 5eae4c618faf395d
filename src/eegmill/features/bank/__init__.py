"""The features. Adding one: a function in the module of its family, a test, and a line in ``FEATURES``."""

from __future__ import annotations

from ..contract import Feature, Preprocessor
from . import aperiodic, asymmetry, complexity, connectivity, dimensionality, signal, spectral

WELCH = Preprocessor(spectral.welch_spectrum)
PARTS = Preprocessor(spectral.normalized_spectrum, after=WELCH)
MATCHES = Preprocessor(complexity.template_matches)
COHERENCY = Preprocessor(connectivity.coherency)
PHASES = Preprocessor(connectivity.phase_differences)

FEATURES = (
    Feature(signal.signal_mean, "channel", "V"),
    Feature(signal.signal_variance, "channel", "V²"),
    Feature(signal.signal_std, "channel", "V"),
    Feature(signal.signal_skewness, "channel", "1"),
    Feature(signal.signal_kurtosis, "channel", "1"),
    Feature(signal.signal_root_mean_square, "channel", "V"),
    Feature(signal.signal_peak_to_peak, "channel", "V"),
    Feature(signal.signal_quantile, "channel", "V"),
    Feature(signal.signal_line_length, "channel", "V"),
    Feature(signal.signal_zero_crossings, "channel", "1"),
    Feature(signal.signal_hjorth_activity, "channel", "V²"),
    Feature(signal.signal_hjorth_mobility, "channel", "1"),
    Feature(signal.signal_hjorth_complexity, "channel", "1"),
    Feature(signal.signal_decorrelation_time, "channel", "s"),
    Feature(spectral.spectral_root_total_power, "channel", "V/√Hz", WELCH),
    Feature(spectral.spectral_moment, "channel", "Hz", PARTS),
    Feature(spectral.spectral_hjorth_activity, "channel", "V²/Hz", WELCH),
    Feature(spectral.spectral_hjorth_mobility, "channel", "Hz", PARTS),
    Feature(spectral.spectral_hjorth_complexity, "channel", "1", PARTS),
    Feature(spectral.spectral_entropy, "channel", "nat", PARTS),
    Feature(spectral.spectral_peak_frequency, "channel", "Hz", WELCH),
    Feature(spectral.spectral_edge, "channel", "Hz", PARTS),
    Feature(spectral.spectral_slope, "channel", "dB", WELCH),
    Feature(spectral.spectral_bands_power, "channel", "V²/Hz", WELCH),
    Feature(spectral.spectral_gamma_power, "channel", "V²/Hz", WELCH),
    Feature(spectral.spectral_individual_alpha, "channel", "Hz", WELCH),
    Feature(aperiodic.aperiodic_fit, "channel", "1", WELCH),
    Feature(complexity.complexity_approx_entropy, "channel", "nat", MATCHES),
    Feature(complexity.complexity_sample_entropy, "channel", "nat", MATCHES),
    Feature(complexity.complexity_multiscale_entropy, "channel", "nat", MATCHES),
    Feature(complexity.complexity_svd_entropy, "channel", "nat"),
    Feature(complexity.complexity_lempel_ziv, "channel", "1"),
    Feature(complexity.complexity_hurst_exp, "channel", "1"),
    Feature(complexity.complexity_detrended_fluctuation_analysis, "channel", "1"),
    Feature(complexity.complexity_permutation_entropy, "channel", "1"),
    Feature(dimensionality.dimensionality_higuchi_fractal_dim, "channel", "1"),
    Feature(dimensionality.dimensionality_petrosian_fractal_dim, "channel", "1"),
    Feature(dimensionality.dimensionality_katz_fractal_dim, "channel", "1"),
    Feature(asymmetry.asymmetry_bands_power, "pair", "1", WELCH),
    Feature(connectivity.connectivity_temporal_correlation, "pair", "1"),
    Feature(connectivity.connectivity_spectral_correlation, "pair", "1", WELCH),
    Feature(connectivity.connectivity_max_cross_correlation, "pair", "1"),
    Feature(connectivity.connectivity_magnitude_square_coherence, "pair", "1", COHERENCY),
    Feature(connectivity.connectivity_imaginary_coherence, "pair", "1", COHERENCY),
    Feature(connectivity.connectivity_lagged_coherence, "pair", "1", COHERENCY),
    Feature(connectivity.connectivity_phase_locking_value, "pair", "1", PHASES),
    Feature(connectivity.connectivity_corrected_imaginary_phase_locking_value, "pair", "1", PHASES),
    Feature(connectivity.connectivity_phase_lag_index, "pair", "1", PHASES),
    Feature(connectivity.connectivity_weighted_phase_lag_index, "pair", "1", PHASES),
    Feature(connectivity.connectivity_directed_phase_lag_index, "directed pair", "1", PHASES),
)
