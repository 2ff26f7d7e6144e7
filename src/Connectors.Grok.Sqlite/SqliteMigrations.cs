namespace Connectors.Grok.Sqlite;

/// <summary>The schema, one entry per version. Entries never change once released; new ones are added at the end.</summary>
internal static class SqliteMigrations
{
    public static readonly string[] All = [First, Documents];

    private const string First = """
        create table conversations (
          key integer primary key,
          tenant text not null,
          name text not null,
          head integer null references turns (key) deferrable initially deferred,
          created integer not null, -- ticks of 100 ns since the year 1, UTC
          updated integer not null,
          unique (tenant, name));
        create table turns (
          key integer primary key,
          tenant text not null,
          id text not null,
          parent integer null references turns (key) deferrable initially deferred,
          owner integer not null references conversations (key) deferrable initially deferred,
          depth integer not null,
          response text null,
          stored_responses text not null, -- a JSON array
          is_stored integer not null,
          is_rebuilt integer not null,
          model text null,
          created integer not null,
          expires integer null,
          instructions text null,
          input_tokens integer not null,
          output_tokens integer not null,
          cost integer not null,
          total_cost integer not null,
          content blob not null,
          unique (tenant, id));
        create index conversations_head on conversations (head) where head is not null;
        create index conversations_updated on conversations (updated);
        create index turns_parent on turns (parent) where parent is not null;
        create index turns_owner on turns (owner);
        """;

    /// <summary>
    /// A turn is a document with key columns. The tables have new names, so that every statement of a build before this version fails
    /// instead of writing. Foreign keys are off while it runs.
    /// </summary>
    private const string Documents = """
        create table conversation_names (
          key integer primary key,
          tenant text not null,
          name text not null,
          head integer null references conversation_turns (key) deferrable initially deferred,
          branch_point integer null references conversation_turns (key) deferrable initially deferred,
          created integer not null, -- ticks of 100 ns since the year 1, UTC
          updated integer not null,
          expires integer null,
          title text null,
          binding text null,
          unique (tenant, name));
        create table conversation_turns (
          key integer primary key,
          tenant text not null,
          id text not null,
          parent integer null references conversation_turns (key) deferrable initially deferred,
          owner integer not null references conversation_names (key) deferrable initially deferred,
          trunk integer null, -- an ancestor; every turn between has the same owner as this one
          depth integer not null,
          kind integer not null, -- ConversationTurnKind
          fingerprint text null,
          answer_fingerprint text null,
          created integer not null,
          input_tokens integer not null,
          output_tokens integer not null,
          cost integer not null,
          document text not null, -- ConversationTurnJson
          content blob not null,
          unique (tenant, id));
        with recursive down (key, trunk) as (
          select key, null from turns where parent is null
          union all
          select t.key, case when p.owner <> t.owner then p.key else down.trunk end
          from down join turns p on p.key = down.key join turns t on t.parent = p.key)
        insert into conversation_turns (
          key, tenant, id, parent, owner, trunk, depth, kind, created, input_tokens, output_tokens, cost, document, content)
        select t.key, t.tenant, t.id, t.parent, t.owner, down.trunk, t.depth, 0, t.created, t.input_tokens, t.output_tokens, t.cost,
          json_object(
            'id', t.id, 'parent_id', p.id, 'depth', t.depth, 'response_id', t.response, 'stored_response_ids', json(t.stored_responses),
            'is_stored', json(iif(t.is_stored, 'true', 'false')), 'is_rebuilt', json(iif(t.is_rebuilt, 'true', 'false')), 'model', t.model,
            'created_at', t.created, 'expires_at', t.expires, 'instructions_hash', t.instructions, 'input_tokens', t.input_tokens,
            'output_tokens', t.output_tokens, 'cost_in_usd_ticks', t.cost, 'total_cost_in_usd_ticks', t.total_cost),
          t.content
        from turns t left join turns p on p.key = t.parent left join down on down.key = t.key
        order by t.key;
        insert into conversation_names (key, tenant, name, head, branch_point, created, updated)
        select c.key, c.tenant, c.name, c.head,
          coalesce(
            (select p.key from turns t join turns p on p.key = t.parent where t.owner = c.key and p.owner <> c.key order by t.key limit 1),
            (select h.key from turns h where h.key = c.head and h.owner <> c.key)),
          c.created, c.updated
        from conversations c
        order by c.key;
        drop table turns;
        drop table conversations;
        create index conversation_names_head on conversation_names (head) where head is not null;
        create index conversation_names_branch_point on conversation_names (branch_point) where branch_point is not null;
        create index conversation_names_updated on conversation_names (updated);
        create index conversation_names_list on conversation_names (tenant, updated desc, name);
        create index conversation_turns_parent on conversation_turns (parent) where parent is not null;
        create index conversation_turns_fingerprint on conversation_turns (owner, fingerprint);
        create index conversation_turns_answer on conversation_turns (owner, answer_fingerprint) where answer_fingerprint is not null;
        """;
}
