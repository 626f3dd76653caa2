package io.github.djlnorm.advice;

import io.github.djlnorm.Norm;
import java.util.List;

/**
 * Which normalization suits a kind of model.
 *
 * @param norm what to use
 * @param alternatives what is also common
 * @param reason why
 * @param source where that comes from
 */
public record Recommendation(Norm norm, List<Norm> alternatives, String reason, String source) {

    private static final int GROUPS = 32;
    private static final Norm LAST_AXIS_LAYER = Norm.layer().withAxis(-1);
    private static final Norm LAST_AXIS_RMS = Norm.rms().withAxis(-1);

    /**
     * Recommends a normalization.
     *
     * <p>Classifying networks get BatchNorm from 8 images per device on, which give each channel as
     * many independent values as {@link Rule#FEW_VALUES_PER_CHANNEL} asks for even where a layer
     * has one position. With 4 images and more positions the experiments disagree; GroupNorm loses
     * nothing in any.
     *
     * @param family what the model is made for
     * @param batch how many instances each device sees at once in training, 1 or more
     * @return a recommendation
     * @throws IllegalArgumentException if the batch size is below 1
     */
    public static Recommendation of(ModelFamily family, int batch) {
        TrainingSetting.atLeastOne("the batch size per device", batch);
        return switch (family) {
            case IMAGE_CLASSIFICATION ->
                    batch >= Checks.ENOUGH
                            ? new Recommendation(
                                    Norm.batch(),
                                    List.of(Norm.group(GROUPS)),
                                    "%d images per device give BatchNorm stable statistics"
                                            .formatted(batch),
                                    Sources.WU_AND_HE)
                            : new Recommendation(
                                    Norm.group(GROUPS),
                                    List.of(),
                                    "%d images per device are too few for BatchNorm: below %d its error rises"
                                            .formatted(batch, Checks.ENOUGH),
                                    Sources.WU_AND_HE);
            case OBJECT_DETECTION ->
                    new Recommendation(
                            Norm.group(GROUPS),
                            List.of(Norm.frozenBatch()),
                            "large images leave room for few of them; a pretrained backbone may"
                                    + " keep its BatchNorm, frozen",
                            Sources.WU_AND_HE);
            case SEMANTIC_SEGMENTATION ->
                    new Recommendation(
                            Norm.group(GROUPS),
                            List.of(Norm.syncBatch()),
                            "large images leave room for few of them; a BatchNorm needs the"
                                    + " statistics of several devices then",
                            Sources.WU_AND_HE);
            case STYLE_TRANSFER ->
                    new Recommendation(
                            Norm.instance(),
                            List.of(),
                            "the contrast of the content image should not matter to the style",
                            Sources.ULYANOV);
            case IMAGE_GENERATION ->
                    new Recommendation(
                            Norm.instance(),
                            List.of(Norm.group(GROUPS)),
                            "each image is made by itself, whatever its batch",
                            Sources.ULYANOV);
            case TRANSFORMER ->
                    new Recommendation(
                            LAST_AXIS_LAYER,
                            List.of(LAST_AXIS_RMS),
                            "each token is normalized by its own features, whatever the batch and"
                                    + " the length of the sequence",
                            Sources.BA);
            case LANGUAGE_MODEL ->
                    new Recommendation(
                            LAST_AXIS_RMS,
                            List.of(LAST_AXIS_LAYER),
                            "it does what LayerNorm does for each token, and saves the centering",
                            Sources.ZHANG_AND_SENNRICH);
        };
    }
}
