using System.Text.Json;

namespace SentinelHealth.Ingest.Ledgers;

/// <summary>A checkpoint in a small file that is always whole: written beside and renamed over.</summary>
internal sealed class LedgerCheckpointFile(string path)
{
    public LedgerCheckpoint? Load()
    {
        if (!File.Exists(path))
            return null;
        try
        {
            var checkpoint = JsonSerializer.Deserialize<LedgerCheckpoint>(File.ReadAllBytes(path));
            return checkpoint is { GenesisHash: not null, Kept: not null, UnderWay: not null }
                ? checkpoint
                : throw new InvalidDataException($"The checkpoint file {path} is empty.");
        }
        catch (JsonException fault)
        {
            // Never start over in silence: a lost position is a decision for people.
            throw new InvalidDataException(
                $"The checkpoint file {path} is damaged; delete it to read the chain again from its first block.", fault);
        }
    }

    public void Save(LedgerCheckpoint checkpoint)
    {
        var beside = path + ".new";
        using (var stream = new FileStream(beside, FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(stream, checkpoint);
            stream.Flush(flushToDisk: true);
        }
        File.Move(beside, path, overwrite: true);
    }
}
