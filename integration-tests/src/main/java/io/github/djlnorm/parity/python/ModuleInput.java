package io.github.djlnorm.parity.python;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/**
 * One input of a PyTorch module.
 *
 * @param shape its shape, with the batch axis, its channels in second place
 * @param type its type
 */
public record ModuleInput(Shape shape, DataType type) {}
