namespace Connectors.Grok.Benchmarks.Stores;

/// <summary>A medium with tables, to which many conversations can be added by bulk statements.</summary>
internal abstract class TableMedium : StoreMedium
{
    /// <summary>Adds conversations, by bulk statements: the oldest and the youngest ones with one turn each, those between without turns. Each was changed a millisecond after the one before it, the first one a millisecond after <see cref="StoreMedium.Begin"/>.</summary>
    public abstract Task AddNamesAsync(string set, int count, int oldestWithTurns, int youngestWithTurns);

    /// <summary>Adds a conversation with a line of turns and with forks of its end, half of them with a turn of their own.</summary>
    public abstract Task AddTemplateAsync(string set, string name, int turns, int forks);

    /// <summary>The name of the conversation that owns a turn; null for none.</summary>
    public abstract Task<string?> OwnerAsync(string set, string turn);

    /// <summary>Reads the first page of the names by the index that the store uses, without their heads.</summary>
    public abstract Task<int> ReadPageAsync(string set, int size);

    /// <summary>Deletes names and their turns by their time, in one transaction.</summary>
    public abstract Task<int> DeleteAsync(string set, DateTimeOffset since, DateTimeOffset before);

    /// <summary>Deletes a name and its turns, which nothing else references, in one transaction.</summary>
    /// <returns>The number of deleted turns.</returns>
    public abstract Task<int> DeleteAsync(string set, string name);
}
