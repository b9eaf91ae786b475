namespace SentinelHealth.Detection.Snapshots;

/// <summary>A table as it was at a moment, for as long as a state that is kept in memory refers to it. Nobody changes it.</summary>
internal interface IKeptTable
{
    /// <summary>How many bytes <see cref="Save"/> writes.</summary>
    long SavedBytes { get; }

    /// <summary>Writes it, as the table itself would have been written at that moment.</summary>
    void Save(BinaryWriter writer);
}

/// <summary>A destination that takes tables as they are: they need not become bytes for a state that stays in the process.</summary>
internal interface ITableKeeper
{
    /// <summary>Takes a table in between what was written before and what is written after.</summary>
    void Keep(IKeptTable table);
}

/// <summary>The other end of <see cref="ITableKeeper"/>.</summary>
internal interface ITableGiver
{
    /// <summary>The table that stands at this place; null when bytes do.</summary>
    IKeptTable? Take();
}
