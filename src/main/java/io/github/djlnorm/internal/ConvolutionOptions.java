package io.github.djlnorm.internal;

import ai.djl.nn.convolutional.Convolution;
import java.util.LinkedHashMap;
import java.util.Map;

/** What DJL's convolutions tell of themselves. */
public final class ConvolutionOptions {

    private ConvolutionOptions() {}

    /**
     * Says how a convolution was built.
     *
     * @param convolution a convolution
     * @return the builder's methods and what they were given
     */
    public static Map<String, Object> of(Convolution convolution) {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("setKernelShape", convolution.getKernelShape());
        options.put("setFilters", convolution.getFilters());
        options.put("optStride", convolution.getStride());
        options.put("optPadding", convolution.getPadding());
        options.put("optDilation", convolution.getDilation());
        options.put("optGroups", convolution.getGroups());
        options.put("optBias", convolution.isIncludeBias());
        return options;
    }
}
