package io.github.djlnorm.samples;

import ai.djl.nn.Block;
import io.github.djlnorm.Norm;
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

    static final String CHOICES = "convnet, resnet:N with N = 8, 14, 20, 26, ...";

    private static final Pattern TEXT = Pattern.compile("(convnet|resnet:(\\d{1,4}))");

    /** Makes a new net. */
    interface Factory {
        Block create(Norm norm, int classes);
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
        String layers = matcher.group(2);
        Net net =
                layers == null
                        ? new Net(name, 32, ConvNet::create)
                        : new Net(name, 8, resNet(Integer.parseInt(layers)));
        net.requireFits(Norm.none());
        return net;
    }

    private static Factory resNet(int layers) {
        return (norm, classes) ->
                CifarResNet.builder()
                        .setNumLayers(layers)
                        .setOutSize(classes)
                        .setNorm(norm)
                        .build();
    }

    /**
     * Checks that the norm suits every layer.
     *
     * @throws IllegalArgumentException if it does not, as an exact group count that divides no
     *     layer's channels
     */
    void requireFits(Norm norm) {
        create(norm, 1);
    }

    Block create(Norm norm, int classes) {
        return factory.create(norm, classes);
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
