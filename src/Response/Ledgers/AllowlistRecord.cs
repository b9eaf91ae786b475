using System.Text.Json;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Custody;

namespace SentinelHealth.Response.Ledgers;

/// <summary>One entry that this monitor took from one validator's list.</summary>
/// <param name="Validator">The validator's endpoint.</param>
/// <param name="Kind">Why: a quarantine or a suspension.</param>
/// <param name="Target">Whose entry, by identifier.</param>
/// <param name="Entry">The entry as it stood on the list.</param>
internal sealed record AllowlistRemoval(string Validator, ActionKind Kind, string Target, string Entry);

/// <summary>
/// What this monitor took from the validators' lists, in a file. Only that is ever put back: what others removed is none of ours.
/// </summary>
/// <remarks>One owner. Rewritten whole with each change; bounded by validators times what is contained at once.</remarks>
internal sealed class AllowlistRecord
{
    private readonly string _path;
    private readonly HashSet<AllowlistRemoval> _removals;

    private AllowlistRecord(string path, HashSet<AllowlistRemoval> removals) => (_path, _removals) = (path, removals);

    public IReadOnlyCollection<AllowlistRemoval> Removals => _removals;

    /// <exception cref="InvalidDataException">The file is not what was written.</exception>
    public static AllowlistRecord Open(string path)
    {
        try
        {
            var kept = File.Exists(path) ? JsonSerializer.Deserialize<AllowlistRemoval[]>(File.ReadAllBytes(path)) : null;
            return new(path, [.. kept ?? []]);
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"{path} is not what was written there.", fault);
        }
    }

    /// <summary>On the disk when this returns, and therefore before the entry is taken.</summary>
    public void Add(AllowlistRemoval removal)
    {
        if (_removals.Add(removal))
            Write();
    }

    public void Remove(AllowlistRemoval removal)
    {
        if (_removals.Remove(removal))
            Write();
    }

    private void Write() => OwnerFile.Replace(_path, JsonSerializer.SerializeToUtf8Bytes(
        _removals.OrderBy(item => item.Validator, StringComparer.Ordinal).ThenBy(item => item.Target, StringComparer.Ordinal)));
}
