package io.github.djlnorm.samples.spark.training;

import ai.djl.nn.Block;
import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.classification.ModelCard;
import io.github.djlnorm.samples.nets.Net;
import java.io.Serializable;

/**
 * What every process makes the same net from.
 *
 * @param net the net's name
 * @param norm the norm's
 * @param classes the number of classes
 * @param imageSize width and height of an image in pixels
 */
public record NetDescription(String net, String norm, int classes, int imageSize)
        implements Serializable {

    public static NetDescription of(ModelCard card) {
        return new NetDescription(
                card.net().name(),
                card.norm().toString(),
                card.classes().size(),
                card.preprocessing().imageSize());
    }

    public Block create() {
        return Net.parse(net).create(Norm.parse(norm), classes, imageSize);
    }
}
