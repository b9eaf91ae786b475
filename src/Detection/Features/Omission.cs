namespace SentinelHealth.Detection.Features;

/// <summary>
/// A supposition for rescoring: so many of the doings in the running bucket of a width had not happened. The default is none.
/// </summary>
/// <param name="Width">Index of the bucket width (ten minutes, hour, day).</param>
/// <param name="Doings">How many are left out; 0 for none.</param>
public readonly record struct Omission(int Width, double Doings)
{
    /// <summary>What is left of a count: doings left out of a bucket are missing from every wider one too, and a narrower one cannot hold more.</summary>
    /// <param name="count">The count as it is, 1 or more.</param>
    /// <param name="width">The width it is of.</param>
    /// <param name="countAtWidth">The same count at <see cref="Width"/>, for narrower ones.</param>
    public double Left(double count, int width, double countAtWidth) => Doings <= 0
        ? count
        : width >= Width ? Math.Max(1, count - Doings) : Math.Min(count, Math.Max(1, countAtWidth - Doings));
}
