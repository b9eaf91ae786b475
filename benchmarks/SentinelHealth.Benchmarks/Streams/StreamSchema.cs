using System.Text.Json;

namespace SentinelHealth.Benchmarks.Streams;

/// <summary>What the columns of a stream are.</summary>
internal sealed record StreamSchema(string? Time, string? Label, IReadOnlyList<string> Numeric, IReadOnlyList<string> Categorical)
{
    public static StreamSchema Read(FileInfo file)
    {
        using var stream = file.OpenRead();
        return JsonSerializer.Deserialize<StreamSchema>(stream, JsonSerializerOptions.Web)
            ?? throw new InvalidDataException($"{file.Name} is empty.");
    }
}
