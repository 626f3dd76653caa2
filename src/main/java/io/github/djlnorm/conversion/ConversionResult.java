package io.github.djlnorm.conversion;

import ai.djl.nn.Block;

/**
 * A converted model.
 *
 * @param block the model: the same object as before, unless it was a BatchNorm itself
 * @param report what was replaced and what was not
 */
public record ConversionResult(Block block, ConversionReport report) {}
