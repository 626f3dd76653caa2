package io.github.djlnorm.samples.classification;

import io.github.djlnorm.samples.cli.Suggestion;
import io.github.djlnorm.samples.nets.Net;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a net from the command line. */
final class NetConverter implements ITypeConverter<Net> {

    @Override
    public Net convert(String value) {
        try {
            return Net.parse(value);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage() + Suggestion.of(value, Net.NAMES));
        }
    }
}
