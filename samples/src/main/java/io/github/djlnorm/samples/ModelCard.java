package io.github.djlnorm.samples;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.nn.Block;
import io.github.djlnorm.Norm;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a saved model says about itself.
 *
 * @param net the net
 * @param norm the normalization in its net
 * @param classes the names of the classes, by label
 * @param preprocessing what happens to an image before the net sees it
 */
record ModelCard(Net net, Norm norm, List<String> classes, Preprocessing preprocessing) {

    private static final String FORMAT = "djl-norm-samples/2";

    /**
     * Reads the card from a model's file.
     *
     * @throws MalformedModelException if it has none
     */
    static ModelCard read(byte[] content) throws IOException, MalformedModelException {
        try (Model model = Model.newInstance("card")) {
            model.setBlock(new NoBlock());
            model.load(new ByteArrayInputStream(content));
            if (!FORMAT.equals(model.getProperty("format"))) {
                throw new MalformedModelException("not of the format " + FORMAT);
            }
            return of(model);
        }
    }

    private static ModelCard of(Model model) {
        int classes = Integer.parseInt(model.getProperty("classes"));
        return new ModelCard(
                Net.parse(model.getProperty("net")),
                Norm.parse(model.getProperty("norm")),
                IntStream.range(0, classes).mapToObj(i -> model.getProperty("class." + i)).toList(),
                new Preprocessing(
                        Integer.parseInt(model.getProperty("imageSize")),
                        floats(model.getProperty("mean")),
                        floats(model.getProperty("std"))));
    }

    /** A new net, as the card describes it. */
    Block newNet() {
        return net.create(norm, classes.size(), preprocessing.imageSize());
    }

    /** The card in a line. */
    String text() {
        return "%s with %s for %d classes at %d pixels"
                .formatted(net, norm, classes.size(), preprocessing.imageSize());
    }

    /** Writes the card where DJL saves it together with the parameters. */
    void writeTo(Model model) {
        model.setProperty("format", FORMAT);
        model.setProperty("net", net.name());
        model.setProperty("norm", norm.toString());
        model.setProperty("imageSize", Integer.toString(preprocessing.imageSize()));
        model.setProperty("mean", text(preprocessing.mean()));
        model.setProperty("std", text(preprocessing.std()));
        model.setProperty("classes", Integer.toString(classes.size()));
        for (int i = 0; i < classes.size(); i++) {
            model.setProperty("class." + i, classes.get(i));
        }
    }

    private static String text(List<Float> values) {
        return values.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    private static List<Float> floats(String text) {
        return Arrays.stream(text.split(",")).map(Float::valueOf).toList();
    }
}
