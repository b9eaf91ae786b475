using Npgsql;

namespace SentinelHealth.Response.Storage.Engines;

/// <summary>Asks a server whether it can be used, and changes nothing there.</summary>
public static class PostgresProbe
{
    /// <summary>What answers where the settings say, such as <c>PostgreSQL 15.8 at db:5432/sentinel</c>. One connection and one statement.</summary>
    /// <param name="options">Where the server is.</param>
    /// <exception cref="InvalidDataException">The server is too old, may not be written to, or the setting cannot be read.</exception>
    /// <exception cref="IOException">The server cannot be reached or refuses.</exception>
    public static string Ask(PostgresOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var source = NpgsqlDataSource.Create(options.Builder("public"));
        try
        {
            using var connection = source.OpenConnection();
            if (connection.PostgreSqlVersion.Major < PostgresOptions.ServerVersionMin)
                throw new InvalidDataException($"{PostgresOptions.Setting}: version {connection.PostgreSqlVersion}; {PostgresOptions.ServerVersionMin} or later is needed.");
            using var ask = connection.CreateCommand();
            ask.CommandText = "SELECT pg_is_in_recovery() OR NOT has_database_privilege(current_database(), 'CREATE')";
            return ask.ExecuteScalar() is false
                ? $"PostgreSQL {connection.PostgreSqlVersion} at {options.Place}"
                : throw new InvalidDataException($"{PostgresOptions.Setting}: {options.Place} is a replica, or its user may not make a schema there.");
        }
        catch (NpgsqlException fault)
        {
            throw new IOException($"{PostgresOptions.Setting}: PostgreSQL at {options.Place} cannot be used: {fault.Message}", fault);
        }
    }
}
