namespace Connectors.Grok.Postgres;

/// <summary>The statements that import a tree in one transaction.</summary>
internal static class PostgresImport
{
    /// <param name="s">The name of the schema, quoted.</param>
    public static string Name(string s) => $"""
        insert into {s}.conversation_names (key, tenant_key, tenant, name, head, created_ticks, updated_ticks)
        values ($1, $2, $3, $4, null, $5, $5) on conflict (key) do nothing
        """;

    /// <summary>Inserts turns of one conversation ($1). Each other parameter holds one column of all turns.</summary>
    /// <param name="s">The name of the schema, quoted.</param>
    public static string Turns(string s) => $"""
        insert into {s}.conversation_turns (
          key, owner, parent, id, depth, kind, fingerprint, answer_fingerprint, created_ticks, input_tokens, output_tokens, cost_ticks,
          document, content)
        select t.key, $1, t.parent, t.id, t.depth, t.kind, t.fingerprint, t.answer_fingerprint, t.created_ticks, t.input_tokens,
          t.output_tokens, t.cost_ticks, t.document, t.content
        from unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) as t (
          key, parent, id, depth, kind, fingerprint, answer_fingerprint, created_ticks, input_tokens, output_tokens, cost_ticks, document, content)
        """;

    /// <param name="s">The name of the schema, quoted.</param>
    public static string Head(string s) => $"update {s}.conversation_names set head = $2 where key = $1";

    /// <summary>Whether a conversation ($1) was created at a moment ($2).</summary>
    /// <param name="s">The name of the schema, quoted.</param>
    public static string IsImported(string s) => $"select 1 from {s}.conversation_names where key = $1 and created_ticks = $2";
}
