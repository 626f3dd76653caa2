package io.github.djlnorm.samples.style;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.nn.Block;
import io.github.djlnorm.Norm;
import io.github.djlnorm.models.ImageGenerator;
import io.github.djlnorm.samples.classification.ModelFile;
import java.io.IOException;
import java.util.Map;

/**
 * What a saved generator says about itself.
 *
 * @param norm the normalization after its convolutions
 * @param width the number of channels at full size
 * @param blocks the number of residual blocks
 */
record StylizerCard(Norm norm, int width, int blocks) {

    static final String FORMAT = "djl-norm-stylizer/1";

    /**
     * Reads the card from a generator's file.
     *
     * @throws MalformedModelException if it has none
     */
    static StylizerCard read(byte[] content) throws IOException, MalformedModelException {
        Map<String, String> properties = ModelFile.properties(content, FORMAT);
        return new StylizerCard(
                Norm.parse(properties.get("norm")),
                Integer.parseInt(properties.get("width")),
                Integer.parseInt(properties.get("blocks")));
    }

    /** Writes the card where DJL saves it together with the parameters. */
    void writeTo(Model model) {
        model.setProperty("norm", norm.toString());
        model.setProperty("width", Integer.toString(width));
        model.setProperty("blocks", Integer.toString(blocks));
    }

    /** The model's name, in which a file name can have no colon everywhere. */
    String modelName() {
        return "stylizer-" + norm.toString().replace(':', '-');
    }

    Block newGenerator() {
        return ImageGenerator.builder()
                .setNorm(norm)
                .optWidth(width)
                .optResidualBlocks(blocks)
                .build();
    }
}
