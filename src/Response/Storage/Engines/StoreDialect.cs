namespace SentinelHealth.Response.Storage.Engines;

/// <summary>What engines word differently. Everything else in the stores is SQL that all of them take.</summary>
internal abstract class StoreDialect
{
    /// <summary>
    /// Tables written in SQLite's words with strict types, in this engine's: <c>INTEGER</c> is 64 bits, text is compared by its bytes,
    /// <c>INTEGER PRIMARY KEY</c> numbers new rows upwards.
    /// </summary>
    public abstract string Tables(string statements);

    /// <summary>How many tables of the store have a name that is in <c>@name</c>.</summary>
    public abstract string CountTables { get; }

    /// <summary>What gives the version of a file from before stores kept it in a table; null where there were none.</summary>
    public abstract string? VersionBefore { get; }

    /// <summary>What marks a file for programs of that time, which refuse what is marked higher than they know; null where there are none.</summary>
    public abstract string? MarkBefore(int version);

    /// <summary>What makes the database refuse changes and removals in a table.</summary>
    public abstract string Refusals(StoreGuard guard);

    /// <summary>Lets numbers of new rows go on behind those that were written by hand; null where they do by themselves.</summary>
    public abstract string? ContinueNumbers(string table, string column);

    /// <summary>Whether a text contains another, by their letters.</summary>
    public abstract string Contains(string text, string part);

    /// <summary>Whether a text fits what <see cref="Pattern"/> gave.</summary>
    public abstract string Fits(string text, string pattern);

    /// <summary>The value of a parameter that means: these pieces in this order, with anything in between.</summary>
    public abstract string Pattern(IReadOnlyList<string> pieces);

    /// <summary>A text in a JSON document, by the names of members with dots in between; null when absent.</summary>
    public abstract string JsonText(string document, string path);

    /// <summary>A number in a JSON document.</summary>
    public abstract string JsonNumber(string document, string path);

    /// <summary>A truth in a JSON document as 1 or 0.</summary>
    public abstract string JsonFlag(string document, string path);

    /// <summary>A part of a JSON document, as JSON.</summary>
    public abstract string JsonPart(string document, string path);

    /// <summary>The elements of a list in a JSON document, as rows with a column <c>value</c> that holds JSON.</summary>
    public abstract string JsonItems(string document, string path);

    /// <summary>The texts of a list in a JSON document, as rows with a column <c>value</c>.</summary>
    public abstract string JsonTexts(string document, string path);

    /// <summary>A value as the engine can store it.</summary>
    public virtual object Value(object value) => value;
}
