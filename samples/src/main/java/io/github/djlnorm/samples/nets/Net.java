package io.github.djlnorm.samples.nets;

import ai.djl.basicmodelzoo.cv.classification.ResNetV1;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import io.github.djlnorm.Norm;
import io.github.djlnorm.NormKind;
import io.github.djlnorm.conversion.NormConversion;
import io.github.djlnorm.models.CifarResNet;
import io.github.djlnorm.models.UNet;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A choice of net.
 *
 * @param name the choice as a user writes it
 * @param minImageSize the least width and height of an image in pixels
 * @param factory makes it
 */
public record Net(String name, int minImageSize, Factory factory) {

    public static final String CHOICES =
            "convnet, resnet:N with N = 8, 14, 20, 26, ..., zoo-resnet:N, the ResNet of DJL's model"
                    + " zoo, whose BatchNorms are converted to the norm, with N = 18, 34, 50, 101"
                    + " or 152, or unpadded";

    /** The names of all choices, with N for a number. */
    public static final List<String> NAMES =
            List.of("convnet", "unpadded", "resnet:N", "zoo-resnet:N");

    private static final String ONE_VALUE =
            "at %dx%d pixels its smallest feature map has one value per channel, and a mean of one"
                    + " value takes all away: leave out %s, or give a larger --image-size%s";

    private static final Set<NormKind> DEPENDING_ON_THE_BATCH =
            EnumSet.of(NormKind.BATCH, NormKind.SYNC_BATCH);

    private static final Pattern TEXT =
            Pattern.compile("convnet|unpadded|(resnet|zoo-resnet):(\\d{1,4})");
    private static final Pattern UNET = Pattern.compile("unet:(\\d{1,4}):(\\d{1,2})");

    /** Makes a new net. */
    interface Factory {
        public Block create(Norm norm, int classes, int imageSize);
    }

    /**
     * Reads a choice of net. Whether there is one of so many layers, {@link #create} tells.
     *
     * @throws IllegalArgumentException if there is no such kind of net
     */
    public static Net parse(String name) {
        Matcher matcher = TEXT.matcher(name);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("unknown net '" + name + "': use one of " + CHOICES);
        }
        return switch (name) {
            case "convnet" -> new Net(name, 32, fullyConvolutional(ConvNet::create));
            case "unpadded" -> new Net(name, 16, fullyConvolutional(UnpaddedNet::create));
            default -> sized(name, matcher.group(1), Integer.parseInt(matcher.group(2)));
        };
    }

    /**
     * A U-Net, which gives scores for each pixel instead of an image: not among the choices.
     *
     * @param width the number of channels at full size
     * @param depth how many times the image is halved
     */
    public static Net unet(int width, int depth) {
        return new Net(
                "unet:%d:%d".formatted(width, depth),
                2 << depth, // so that its smallest feature map has several values
                (norm, classes, imageSize) ->
                        UNet.builder()
                                .setNorm(norm)
                                .optWidth(width)
                                .optDepth(depth)
                                .optOutChannels(classes)
                                .build());
    }

    /** Whether a net gives scores for each pixel. */
    public boolean isPerPixel() {
        return name.startsWith("unet:");
    }

    /**
     * Reads the name of any net, as a model's file has it.
     *
     * @throws IllegalArgumentException if there is no such kind of net
     */
    public static Net ofName(String name) {
        Matcher matcher = UNET.matcher(name);
        return matcher.matches()
                ? unet(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)))
                : parse(name);
    }

    private static Net sized(String name, String kind, int layers) {
        return kind.equals("resnet")
                ? new Net(name, 4, resNet(layers))
                : new Net(name, 32, zooResNet(layers));
    }

    private static Factory fullyConvolutional(BiFunction<Norm, Integer, Block> factory) {
        return (norm, classes, imageSize) -> factory.apply(norm, classes);
    }

    private static Factory resNet(int layers) {
        return (norm, classes, imageSize) ->
                CifarResNet.builder()
                        .setNumLayers(layers)
                        .setOutSize(classes)
                        .setNorm(norm)
                        .build();
    }

    private static Factory zooResNet(int layers) {
        return (norm, classes, imageSize) -> {
            Block net =
                    ResNetV1.builder()
                            .setImageShape(new Shape(3, imageSize, imageSize))
                            .setNumLayers(layers)
                            .setOutSize(classes)
                            .build();
            return norm.equals(Norm.batch())
                    ? net
                    : NormConversion.builder().setNorm(norm).build().convert(net).block();
        };
    }

    /**
     * Checks that there is the net, and that the norm suits every layer.
     *
     * @param batchSize the least number of images in a training step
     * @throws IllegalArgumentException if not, as with an exact group count that does not divide a
     *     layer's channels, or a mean of a single value
     */
    public void requireFits(Norm norm, int imageSize, int batchSize) {
        Block net = create(norm, 1, imageSize);
        if (FeatureMap.smallest(net, imageSize).isLostOn(norm, batchSize)) {
            throw new IllegalArgumentException(
                    ONE_VALUE.formatted(
                            imageSize,
                            imageSize,
                            norm,
                            DEPENDING_ON_THE_BATCH.contains(norm.kind())
                                    ? " or --batch-size"
                                    : ""));
        }
    }

    /**
     * Makes the net.
     *
     * @throws IllegalArgumentException if there is none of so many layers, or none with this norm
     */
    public Block create(Norm norm, int classes, int imageSize) {
        return factory.create(norm, classes, imageSize);
    }

    /** Nets are equal if their names are. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Net net && name.equals(net.name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    /** The number of values in a channel of the smallest feature map between the net's layers. */
    public long smallestMap(int imageSize) {
        return FeatureMap.smallest(create(Norm.batch(), 1, imageSize), imageSize).positions();
    }

    @Override
    public String toString() {
        return name;
    }
}
