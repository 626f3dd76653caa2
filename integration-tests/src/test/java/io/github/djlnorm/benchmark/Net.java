package io.github.djlnorm.benchmark;

import ai.djl.nn.Block;
import io.github.djlnorm.Norm;
import io.github.djlnorm.models.CifarResNet;
import io.github.djlnorm.models.ImageGenerator;
import java.util.Locale;

/** The whole nets, which nets.py has too, layer by layer. */
enum Net {
    CIFAR_RESNET {
        @Override
        Block block() {
            return CifarResNet.builder()
                    .setNumLayers(20)
                    .setOutSize(CLASSES)
                    .setNorm(Norm.group(8))
                    .build();
        }
    },
    IMAGE_GENERATOR {
        @Override
        Block block() {
            return ImageGenerator.builder().setNorm(Norm.instance()).build();
        }
    };

    static final int CLASSES = 10;

    abstract Block block();

    Call open(Trial trial) {
        return trial.work() == Work.STEP
                ? new TrainingStep(trial, block())
                : DjlCall.ofBlock(trial, block());
    }

    /** Its function in nets.py. */
    String inPython() {
        return name().toLowerCase(Locale.ROOT);
    }
}
