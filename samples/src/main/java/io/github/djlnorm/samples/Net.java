package io.github.djlnorm.samples;

import ai.djl.basicmodelzoo.cv.classification.ResNetV1;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import io.github.djlnorm.Norm;
import io.github.djlnorm.conversion.NormConversion;
import io.github.djlnorm.models.CifarResNet;
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
record Net(String name, int minImageSize, Factory factory) {

    static final String CHOICES =
            "convnet, resnet:N with N = 8, 14, 20, 26, ..., zoo-resnet:N, the ResNet of DJL's model"
                    + " zoo, whose BatchNorms are converted to the norm, with N = 18, 34, 50, 101"
                    + " or 152, or unpadded";

    private static final String ONE_VALUE =
            "at %dx%d pixels its smallest feature map has one value per channel, and a mean of one"
                    + " value takes all away: leave out %s, or give a larger --image-size%s";

    private static final Pattern TEXT =
            Pattern.compile("convnet|unpadded|(resnet|zoo-resnet):(\\d{1,4})");

    /** Makes a new net. */
    interface Factory {
        Block create(Norm norm, int classes, int imageSize);
    }

    /**
     * Reads a choice of net.
     *
     * @throws IllegalArgumentException if there is no such net
     */
    static Net parse(String name) {
        Matcher matcher = TEXT.matcher(name);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("unknown net '" + name + "': use one of " + CHOICES);
        }
        Net net =
                switch (name) {
                    case "convnet" -> new Net(name, 32, fullyConvolutional(ConvNet::create));
                    case "unpadded" -> new Net(name, 16, fullyConvolutional(UnpaddedNet::create));
                    default -> sized(name, matcher.group(1), Integer.parseInt(matcher.group(2)));
                };
        // Tells a number of layers that there is no such net of.
        net.create(Norm.batch(), 1, net.minImageSize);
        return net;
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
     * Checks that the norm suits every layer.
     *
     * @param batchSize the number of images in a training step
     * @throws IllegalArgumentException if it does not, as an exact group count that divides no
     *     layer's channels, or a mean of a single value
     */
    void requireFits(Norm norm, int imageSize, int batchSize) {
        create(norm, 1, imageSize);
        if (smallestMap(imageSize).isLostOn(norm, batchSize)) {
            throw new IllegalArgumentException(
                    ONE_VALUE.formatted(
                            imageSize,
                            imageSize,
                            norm,
                            norm.kind() == Norm.Kind.BATCH ? " or --batch-size" : ""));
        }
    }

    Block create(Norm norm, int classes, int imageSize) {
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

    /** The smallest feature map between the net's layers. */
    FeatureMap smallestMap(int imageSize) {
        return FeatureMap.smallest(create(Norm.batch(), 1, imageSize), imageSize);
    }

    @Override
    public String toString() {
        return name;
    }
}
