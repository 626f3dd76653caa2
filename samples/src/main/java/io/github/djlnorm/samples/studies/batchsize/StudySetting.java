package io.github.djlnorm.samples.studies.batchsize;

import io.github.djlnorm.samples.classification.TrainingOptions;
import io.github.djlnorm.samples.nets.Net;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What all trainings of a study of batch sizes have in common, as its folder says it.
 *
 * @param images the net, the images and their size, in words
 * @param training the rest in words
 * @param smallestMap the number of values in a channel of the net's smallest feature map
 */
record StudySetting(String images, String training, long smallestMap) {

    private static final Pattern TEXT =
            Pattern.compile("((\\S+) on .+ at (\\d{1,9})x\\3 pixels), (.+)");

    /**
     * Reads a text that starts with what {@link TrainingOptions#describe} gives.
     *
     * @throws IllegalArgumentException if it is something else
     */
    static StudySetting parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("no net and no image size in '" + text + "'");
        }
        Net net = Net.parse(matcher.group(2));
        return new StudySetting(
                matcher.group(1),
                matcher.group(4),
                net.smallestMap(Integer.parseInt(matcher.group(3))));
    }
}
