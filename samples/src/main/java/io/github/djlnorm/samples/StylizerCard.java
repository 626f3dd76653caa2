package io.github.djlnorm.samples;

import ai.djl.nn.Block;
import io.github.djlnorm.Norm;
import io.github.djlnorm.models.ImageGenerator;

/**
 * What a saved generator says about itself.
 *
 * @param norm the normalization behind its convolutions
 * @param width the number of channels at full size
 * @param blocks the number of residual blocks
 */
record StylizerCard(Norm norm, int width, int blocks) {

    Block newGenerator() {
        return ImageGenerator.builder()
                .setNorm(norm)
                .optWidth(width)
                .optResidualBlocks(blocks)
                .build();
    }
}
