package io.github.djlnorm.samples;

import ai.djl.basicmodelzoo.cv.classification.ResNetV1;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import io.github.djlnorm.Norm;
import io.github.djlnorm.conversion.NormConversion;
import io.github.djlnorm.models.CifarResNet;
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
                    + " or 152";

    private static final Pattern TEXT =
            Pattern.compile("(convnet|resnet|zoo-resnet)(?::(\\d{1,4}))?");

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
        boolean sized = matcher.matches() && matcher.group(2) != null;
        if (!matcher.matches() || sized == name.startsWith("convnet")) {
            throw new IllegalArgumentException("unknown net '" + name + "': use one of " + CHOICES);
        }
        int layers = sized ? Integer.parseInt(matcher.group(2)) : 0;
        Net net =
                switch (matcher.group(1)) {
                    case "convnet" ->
                            new Net(
                                    name,
                                    32,
                                    (norm, classes, size) -> ConvNet.create(norm, classes));
                    case "resnet" -> new Net(name, 8, resNet(layers));
                    default -> new Net(name, 32, zooResNet(layers));
                };
        net.requireFits(Norm.batch());
        return net;
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
     * @throws IllegalArgumentException if it does not, as an exact group count that divides no
     *     layer's channels
     */
    void requireFits(Norm norm) {
        create(norm, 1, minImageSize);
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

    @Override
    public String toString() {
        return name;
    }
}
