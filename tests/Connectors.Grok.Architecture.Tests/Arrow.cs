namespace Connectors.Grok.Architecture.Tests;

/// <summary>One use of a type or member: where it is used, and where it is declared.</summary>
/// <param name="From">The room that uses it.</param>
/// <param name="To">The room that declares it.</param>
/// <param name="User">File and line of the use.</param>
/// <param name="Declaration">File and line of the declaration.</param>
/// <param name="Symbol">The used symbol.</param>
public sealed record Arrow(string From, string To, string User, string Declaration, string Symbol);
