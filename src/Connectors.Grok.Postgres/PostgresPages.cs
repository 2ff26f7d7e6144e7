namespace Connectors.Grok.Postgres;

/// <summary>The statements that list a tenant's conversations in pages. Each reads as many entries of one index as the page has.</summary>
internal static class PostgresPages
{
    /// <summary>The first page. Parameters: the tenant's key, the earliest change, the size of the page.</summary>
    /// <param name="s">The name of the schema, quoted.</param>
    public static string First(string s) => Page(s, $"""
        select {Columns} from {s}.conversation_names
        where tenant_key = $1 and updated_ticks >= $2 order by updated_ticks desc, key limit $3
        """);

    /// <summary>
    /// The page after a position: the conversations of the same moment, then older ones. Two ranges of the index, so that a page costs a
    /// page, wherever it is and however many conversations have one time. Parameters: as above, then the time and the key of the position.
    /// </summary>
    /// <param name="s">The name of the schema, quoted.</param>
    public static string After(string s) => Page(s, $"""
        (select {Columns} from {s}.conversation_names
         where tenant_key = $1 and updated_ticks = $4 and updated_ticks >= $2 and key > $5 order by updated_ticks desc, key limit $3)
        union all
        (select {Columns} from {s}.conversation_names
         where tenant_key = $1 and updated_ticks < $4 and updated_ticks >= $2 order by updated_ticks desc, key limit $3)
        """);

    private const string Columns = "key, tenant, name, head, created_ticks, updated_ticks, title";

    private static string Page(string s, string names) => $"""
        select c.tenant, c.name, t.id, c.created_ticks, c.updated_ticks, c.title from ({names}) c left join {s}.conversation_turns t on t.key = c.head
        order by c.updated_ticks desc, c.key limit $3
        """;
}
