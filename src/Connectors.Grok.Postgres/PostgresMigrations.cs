namespace Connectors.Grok.Postgres;

/// <summary>The schema, one entry per version. Entries never change once released; new ones are added at the end.</summary>
internal static class PostgresMigrations
{
    /// <param name="s">The name of the schema, quoted.</param>
    public static IReadOnlyList<string> For(string s) => [First(s), Documents(s)];

    private static string First(string s) => $"""
        create table {s}.conversations (
          key bytea primary key,
          tenant_key bytea not null,
          tenant text not null,
          name text not null,
          head bytea null,
          created_ticks bigint not null,
          updated_ticks bigint not null);
        create table {s}.turns (
          key bytea primary key,
          parent bytea null constraint turns_parent references {s}.turns (key),
          owner bytea not null constraint turns_owner references {s}.conversations (key),
          id text not null,
          parent_id text null,
          depth integer not null,
          response text null,
          stored_responses text[] not null,
          is_stored boolean not null,
          is_rebuilt boolean not null,
          model text null,
          created_ticks bigint not null,
          expires_ticks bigint null,
          instructions text null,
          input_tokens bigint not null,
          output_tokens bigint not null,
          cost_ticks bigint not null,
          total_cost_ticks bigint not null,
          content bytea not null);
        alter table {s}.conversations add constraint conversations_head foreign key (head) references {s}.turns (key);
        create index conversations_tenant on {s}.conversations (tenant_key, updated_ticks);
        create index conversations_updated on {s}.conversations (updated_ticks);
        create index conversations_heads on {s}.conversations (head);
        create index turns_parents on {s}.turns (parent);
        create index turns_owners on {s}.turns (owner);
        """;

    /// <summary>
    /// A turn is a document with key columns. The tables get new names, so that every statement of a build before this version fails
    /// instead of writing; they are altered rather than replaced, so that what was granted on them stays granted. The column
    /// <c>trunk</c> is an ancestor; every turn between has the same owner as the turn.
    /// </summary>
    private static string Documents(string s) => $"""
        lock table {s}.conversations, {s}.turns in access exclusive mode;
        alter table {s}.conversations rename to conversation_names;
        alter table {s}.turns rename to conversation_turns;
        alter table {s}.conversation_names add column branch_point bytea null, add column expires_ticks bigint null, add column title text null,
          add column binding text null;
        alter table {s}.conversation_turns add column trunk bytea null, add column kind smallint not null default 0,
          add column fingerprint text null, add column answer_fingerprint text null, add column document text null;
        with recursive down (key, trunk) as (
          select key, null::bytea from {s}.conversation_turns where parent is null
          union all
          select t.key, case when p.owner <> t.owner then p.key else down.trunk end
          from down join {s}.conversation_turns p on p.key = down.key join {s}.conversation_turns t on t.parent = p.key)
        update {s}.conversation_turns as t set trunk = down.trunk, document = jsonb_build_object(
          'id', t.id, 'parent_id', t.parent_id, 'depth', t.depth, 'response_id', t.response, 'stored_response_ids', to_jsonb(t.stored_responses),
          'is_stored', t.is_stored, 'is_rebuilt', t.is_rebuilt, 'model', t.model, 'created_at', t.created_ticks, 'expires_at', t.expires_ticks,
          'instructions_hash', t.instructions, 'input_tokens', t.input_tokens, 'output_tokens', t.output_tokens,
          'cost_in_usd_ticks', t.cost_ticks, 'total_cost_in_usd_ticks', t.total_cost_ticks)::text
        from down where down.key = t.key;
        update {s}.conversation_names as c set branch_point = coalesce(
          (select p.key from {s}.conversation_turns t join {s}.conversation_turns p on p.key = t.parent
           where t.owner = c.key and p.owner <> c.key order by t.created_ticks, t.depth, t.key limit 1),
          (select h.key from {s}.conversation_turns h where h.key = c.head and h.owner <> c.key));
        alter table {s}.conversation_turns alter column document set not null, drop column parent_id, drop column response,
          drop column stored_responses, drop column is_stored, drop column is_rebuilt, drop column model, drop column expires_ticks,
          drop column instructions, drop column total_cost_ticks;
        alter table {s}.conversation_names add constraint conversation_names_branch_point foreign key (branch_point) references {s}.conversation_turns (key);
        drop index {s}.conversations_tenant;
        drop index {s}.turns_owners;
        create index conversation_names_list on {s}.conversation_names (tenant_key, updated_ticks desc, key);
        create index conversation_names_branch_points on {s}.conversation_names (branch_point) where branch_point is not null;
        create index conversation_turns_fingerprint on {s}.conversation_turns (owner, fingerprint);
        create index conversation_turns_answer on {s}.conversation_turns (owner, answer_fingerprint) where answer_fingerprint is not null;
        """;
}
