package io.github.djlnorm.advice;

/** What a model is made for, as far as its normalization depends on it. */
public enum ModelFamily {
    /** Convolutional networks that name what is in an image. */
    IMAGE_CLASSIFICATION,
    /** Networks that find objects in images, and instance segmentation. */
    OBJECT_DETECTION,
    /** Networks that give each pixel a class. */
    SEMANTIC_SEGMENTATION,
    /** Networks that give an image the style of another. */
    STYLE_TRANSFER,
    /** Networks that make images. */
    IMAGE_GENERATION,
    /** Transformers of any kind, and other networks over sequences of tokens. */
    TRANSFORMER,
    /** Large language models. */
    LANGUAGE_MODEL;

    boolean isOfSequences() {
        return this == TRANSFORMER || this == LANGUAGE_MODEL;
    }
}
