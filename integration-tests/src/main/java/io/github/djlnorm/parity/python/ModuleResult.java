package io.github.djlnorm.parity.python;

import ai.djl.ndarray.types.Shape;
import java.util.Map;

/**
 * What a PyTorch module gave: arrays named {@code y/0} and so on, {@code dx/0} and so on, {@code
 * grad/NAME} and {@code state/NAME}, in the module's order, or why it refused.
 *
 * @param arrays the values
 * @param shapes their shapes
 * @param refusal why it refused, or null
 */
public record ModuleResult(
        Map<String, double[]> arrays, Map<String, Shape> shapes, String refusal) {

    /**
     * Tells whether the module refused its input.
     *
     * @return true if there are no values
     */
    public boolean isRefused() {
        return refusal != null;
    }
}
