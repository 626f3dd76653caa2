package io.github.djlnorm.parity.implementations;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.github.djlnorm.ChannelLayerNorm;
import io.github.djlnorm.GroupNorm;
import io.github.djlnorm.InstanceNorm;
import io.github.djlnorm.RMSNorm;
import io.github.djlnorm.parity.cases.ParityCase;

/** The library's static function for a case, as a block. */
final class FunctionBlock extends AbstractBlock {

    private final ParityCase c;
    private final Parameter gamma;
    private final Parameter beta;

    FunctionBlock(ParityCase c) {
        this.c = c;
        gamma = c.affine().scale() ? add("gamma", Parameter.Type.GAMMA) : null;
        beta = c.affine().shift() ? add("beta", Parameter.Type.BETA) : null;
    }

    private Parameter add(String name, Parameter.Type type) {
        return addParameter(
                Parameter.builder()
                        .setName(name)
                        .setType(type)
                        .optShape(new Shape(c.channels()))
                        .build());
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return inputShapes;
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        NDArray x = inputs.get(0);
        NDArray scale = gamma == null ? null : gamma.getArray();
        NDArray shift = beta == null ? null : beta.getArray();
        if (inputs.size() > 1) {
            return masked(x, inputs.get(1), scale, shift);
        }
        return switch (c.layer()) {
            case GROUP_NORM -> GroupNorm.groupNorm(x, c.groups(), scale, shift, c.epsilon());
            case INSTANCE_NORM -> InstanceNorm.instanceNorm(x, scale, shift, c.epsilon());
            case LAYER_NORM -> ChannelLayerNorm.channelLayerNorm(x, scale, shift, c.epsilon());
            case RMS_NORM -> RMSNorm.rmsNorm(x, scale, c.epsilon());
            default -> throw new IllegalStateException(c.layer() + " has no function");
        };
    }

    private NDList masked(NDArray x, NDArray mask, NDArray scale, NDArray shift) {
        return switch (c.layer()) {
            case GROUP_NORM -> GroupNorm.groupNorm(x, mask, c.groups(), scale, shift, c.epsilon());
            case INSTANCE_NORM -> InstanceNorm.instanceNorm(x, mask, scale, shift, c.epsilon());
            default -> throw new IllegalStateException(c.layer() + " takes no mask");
        };
    }
}
