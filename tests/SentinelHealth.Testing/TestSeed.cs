using System.Globalization;

namespace SentinelHealth.Testing;

/// <summary>The seed of a randomized test: printed, and repeated with <c>SENTINEL_SEED=n dotnet test</c>.</summary>
public static class TestSeed
{
    /// <summary>The seed used when none is given: fixed, so that a build gives the same answer twice.</summary>
    public const int Default = 20261102;

    public static int Next(ITestOutputHelper output)
    {
        var given = Environment.GetEnvironmentVariable("SENTINEL_SEED");
        var seed = int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : Default;
        output.WriteLine($"SENTINEL_SEED={seed}");
        return seed;
    }
}
