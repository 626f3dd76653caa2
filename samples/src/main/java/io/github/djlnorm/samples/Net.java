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
 * @param factory makes it
 */
record Net(String name, Factory factory) {

    static final int MIN_IMAGE_SIZE = 32;

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
        Net net = new Net(name, factory(matcher.group(2)));
        net.requireFits(Norm.none());
        return net;
    }

    private static Factory factory(String layers) {
        if (layers == null) {
            return ConvNet::create;
        }
        return (norm, classes) ->
                CifarResNet.builder()
                        .setNumLayers(Integer.parseInt(layers))
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

    @Override
    public String toString() {
        return name;
    }
}
