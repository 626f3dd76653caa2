package io.github.djlnorm.parity.python;

import java.util.Map;

/**
 * What a PyTorch module gave: arrays named {@code y}, {@code dx}, {@code grad/NAME} and {@code
 * state/NAME}, or why it refused.
 */
public record ModuleResult(Map<String, double[]> arrays, String refusal) {

    public boolean isRefused() {
        return refusal != null;
    }
}
