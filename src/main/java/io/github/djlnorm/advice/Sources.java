package io.github.djlnorm.advice;

/** Where rules and recommendations come from. */
final class Sources {

    static final String WU_AND_HE =
            "Wu and He, Group Normalization, ECCV 2018, https://arxiv.org/abs/1803.08494";
    static final String ULYANOV =
            "Ulyanov, Vedaldi and Lempitsky, Instance Normalization, 2016,"
                    + " https://arxiv.org/abs/1607.08022";
    static final String BA =
            "Ba, Kiros and Hinton, Layer Normalization, 2016, https://arxiv.org/abs/1607.06450";
    static final String ZHANG_AND_SENNRICH =
            "Zhang and Sennrich, Root Mean Square Layer Normalization, NeurIPS 2019,"
                    + " https://arxiv.org/abs/1910.07467";
    static final String PYTORCH =
            "PyTorch documentation, https://docs.pytorch.org/docs/stable/generated/";

    private Sources() {}
}
