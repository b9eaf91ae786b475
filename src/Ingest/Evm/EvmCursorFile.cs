using System.Text.Json;

namespace SentinelHealth.Ingest.Evm;

/// <summary>A cursor in a small file that is always whole: written beside and renamed over.</summary>
internal sealed class EvmCursorFile(string path)
{
    public EvmCursor? Load()
    {
        if (!File.Exists(path))
            return null;
        try
        {
            var cursor = JsonSerializer.Deserialize<EvmCursor>(File.ReadAllBytes(path));
            return cursor is { GenesisHash: not null, Kept: not null }
                ? cursor
                : throw new InvalidDataException($"The cursor file {path} is empty.");
        }
        catch (JsonException fault)
        {
            // Never start over in silence: a lost position is a decision for people.
            throw new InvalidDataException($"The cursor file {path} is damaged; delete it to read the chain again from its first block.", fault);
        }
    }

    public void Save(EvmCursor cursor)
    {
        var beside = path + ".new";
        using (var stream = new FileStream(beside, FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(stream, cursor);
            stream.Flush(flushToDisk: true);
        }
        File.Move(beside, path, overwrite: true);
    }
}
