package io.github.djlnorm.samples;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a norm from the command line, one that suits the net. */
final class NormConverter implements ITypeConverter<Norm> {

    @Override
    public Norm convert(String value) {
        try {
            Norm norm = Norm.parse(value);
            ConvNet.requireFits(norm);
            return norm;
        } catch (BadInputException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
