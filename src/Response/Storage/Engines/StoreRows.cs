using System.Data.Common;

namespace SentinelHealth.Response.Storage.Engines;

/// <summary>Reading what a statement gives.</summary>
public static class StoreRows
{
    /// <summary>Every row.</summary>
    public static List<T> Rows<T>(this DbCommand command, Func<DbDataReader, T> read)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(read);
        var rows = new List<T>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
            rows.Add(read(reader));
        return rows;
    }
}
