package io.github.djlnorm.parallel;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.testing.Managed;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ShardsOfOtherEnginesTest {

    @Managed private NDManager manager;

    @BeforeAll
    static void needsAnotherEngine() {
        assumeFalse(
                Engine.getDefaultEngineName().equals("PyTorch"),
                "needs another engine, as the profile mxnet has it");
    }

    @Test
    void areRefusedByTheEnginesName() {
        NDList shard = new NDList(manager.ones(new Shape(2, 3)));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Shards.forward(List.of(shard), x -> x))
                .withMessage(
                        "shards must be of an engine whose autograd joins threads: expected"
                                + " PyTorch, got MXNet; train with GroupNorm, which needs no other"
                                + " shard, or on the PyTorch engine");
    }
}
