"""What a methods paragraph may cite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Reference:
    """One article."""

    authors: str
    """BibTeX form: names joined by ``and``."""
    title: str
    journal: str
    year: int
    doi: str

    @property
    def text(self) -> str:
        """One line for a list of references."""
        first = self.authors.split(" and ")[0].partition(",")[0]
        others = " et al." if " and " in self.authors else ""
        return f"{first}{others} ({self.year}). {self.title}. *{self.journal}*. doi:{self.doi}"


REFERENCES = {
    "gramfort2013": Reference(
        "Gramfort, Alexandre and Luessi, Martin and Larson, Eric",
        "MEG and EEG data analysis with MNE-Python",
        "Frontiers in Neuroscience",
        2013,
        "10.3389/fnins.2013.00267",
    ),
    "pernet2019": Reference(
        "Pernet, Cyril R. and Appelhoff, Stefan and Gorgolewski, Krzysztof J.",
        "EEG-BIDS, an extension to the brain imaging data structure for electroencephalography",
        "Scientific Data",
        2019,
        "10.1038/s41597-019-0104-8",
    ),
    "molder2021": Reference(
        "Mölder, Felix and Jablonski, Kim Philipp and Letcher, Brice",
        "Sustainable data analysis with Snakemake",
        "F1000Research",
        2021,
        "10.12688/f1000research.29032.2",
    ),
    "delorme2004": Reference(
        "Delorme, Arnaud and Makeig, Scott",
        "EEGLAB: an open source toolbox for analysis of single-trial EEG dynamics including independent component "
        "analysis",
        "Journal of Neuroscience Methods",
        2004,
        "10.1016/j.jneumeth.2003.10.009",
    ),
    "winkler2015": Reference(
        "Winkler, Irene and Debener, Stefan and Müller, Klaus-Robert and Tangermann, Michael",
        "On the influence of high-pass filtering on ICA-based artifact reduction in EEG-ERP",
        "Annual International Conference of the IEEE Engineering in Medicine and Biology Society (EMBC)",
        2015,
        "10.1109/EMBC.2015.7319296",
    ),
    "muthukumaraswamy2013": Reference(
        "Muthukumaraswamy, Suresh D.",
        "High-frequency brain activity and muscle artifacts in MEG/EEG: a review and recommendations",
        "Frontiers in Human Neuroscience",
        2013,
        "10.3389/fnhum.2013.00138",
    ),
    "decheveigne2020": Reference(
        "de Cheveigné, Alain",
        "ZapLine: A simple and effective method to remove power line artifacts",
        "NeuroImage",
        2020,
        "10.1016/j.neuroimage.2019.116356",
    ),
    "bigdelyshamlo2015": Reference(
        "Bigdely-Shamlo, Nima and Mullen, Tim and Kothe, Christian",
        "The PREP pipeline: standardized preprocessing for large-scale EEG analysis",
        "Frontiers in Neuroinformatics",
        2015,
        "10.3389/fninf.2015.00016",
    ),
    "mullen2015": Reference(
        "Mullen, Tim R. and Kothe, Christian A. E. and Chi, Yu Mike",
        "Real-time neuroimaging and cognitive monitoring using wearable dry EEG",
        "IEEE Transactions on Biomedical Engineering",
        2015,
        "10.1109/TBME.2015.2481482",
    ),
    "chang2020": Reference(
        "Chang, Chi-Yuan and Hsu, Sheng-Hsiou and Pion-Tonachini, Luca",
        "Evaluation of artifact subspace reconstruction for automatic artifact components removal in "
        "multi-channel EEG recordings",
        "IEEE Transactions on Biomedical Engineering",
        2020,
        "10.1109/TBME.2019.2930186",
    ),
    "ablin2018": Reference(
        "Ablin, Pierre and Cardoso, Jean-François and Gramfort, Alexandre",
        "Faster independent component analysis by preconditioning with Hessian approximations",
        "IEEE Transactions on Signal Processing",
        2018,
        "10.1109/TSP.2018.2844203",
    ),
    "bell1995": Reference(
        "Bell, Anthony J. and Sejnowski, Terrence J.",
        "An information-maximization approach to blind separation and blind deconvolution",
        "Neural Computation",
        1995,
        "10.1162/neco.1995.7.6.1129",
    ),
    "lee1999": Reference(
        "Lee, Te-Won and Girolami, Mark and Sejnowski, Terrence J.",
        "Independent component analysis using an extended infomax algorithm for mixed subgaussian and supergaussian "
        "sources",
        "Neural Computation",
        1999,
        "10.1162/089976699300016719",
    ),
    "hyvarinen1999": Reference(
        "Hyvärinen, Aapo",
        "Fast and robust fixed-point algorithms for independent component analysis",
        "IEEE Transactions on Neural Networks",
        1999,
        "10.1109/72.761722",
    ),
    "yao2001": Reference(
        "Yao, Dezhong",
        "A method to standardize a reference of scalp EEG recordings to a point at infinity",
        "Physiological Measurement",
        2001,
        "10.1088/0967-3334/22/4/305",
    ),
    "piontonachini2019": Reference(
        "Pion-Tonachini, Luca and Kreutz-Delgado, Ken and Makeig, Scott",
        "ICLabel: An automated electroencephalographic independent component classifier, dataset, and website",
        "NeuroImage",
        2019,
        "10.1016/j.neuroimage.2019.05.026",
    ),
    "perrin1989": Reference(
        "Perrin, F. and Pernier, J. and Bertrand, O.",
        "Spherical splines for scalp potential and current density mapping",
        "Electroencephalography and Clinical Neurophysiology",
        1989,
        "10.1016/0013-4694(89)90180-6",
    ),
    "jas2017": Reference(
        "Jas, Mainak and Engemann, Denis A. and Bekhti, Yousra",
        "Autoreject: Automated artifact rejection for MEG and EEG data",
        "NeuroImage",
        2017,
        "10.1016/j.neuroimage.2017.06.030",
    ),
    "tanner2015": Reference(
        "Tanner, Darren and Morgan-Short, Kara and Luck, Steven J.",
        "How inappropriate high-pass filters can produce artifactual effects and incorrect conclusions in ERP studies "
        "of language and cognition",
        "Psychophysiology",
        2015,
        "10.1111/psyp.12437",
    ),
    "widmann2015": Reference(
        "Widmann, Andreas and Schröger, Erich and Maess, Burkhard",
        "Digital filter design for electrophysiological data – a practical approach",
        "Journal of Neuroscience Methods",
        2015,
        "10.1016/j.jneumeth.2014.08.002",
    ),
}


def bibtex(keys: Sequence[str]) -> str:
    """Entries for a ``.bib`` file, in the order given."""
    return "\n".join(_entry(key, REFERENCES[key]) for key in keys)


def _entry(key: str, reference: Reference) -> str:
    fields = {
        "author": f"{reference.authors} and others" if " and " in reference.authors else reference.authors,
        "title": f"{{{reference.title}}}",
        "journal": reference.journal,
        "year": str(reference.year),
        "doi": reference.doi,
    }
    body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@article{{{key},\n{body}}}\n"
