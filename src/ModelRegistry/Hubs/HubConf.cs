namespace Terradev.ModelRegistry.Hubs;

/// <summary>
/// What <c>hubconf.py</c> at the root of a repository offers to torch.hub: functions and classes that it defines or imports whose names do not begin with an
/// underscore. The file is read and never run.
/// </summary>
/// <param name="EntryPoints">In the order of the file, each once.</param>
/// <param name="Dependencies">Packages that torch.hub looks for before it loads anything.</param>
/// <param name="HasMore">True where names come from a wildcard import or are made at run time, so that the list is not complete.</param>
internal sealed record HubConf(IReadOnlyList<string> EntryPoints, IReadOnlyList<string> Dependencies, bool HasMore)
{
    private const int MaxNames = 1000;
    private const int MaxDependencies = 100;
    private const int MaxBlocks = 100;

    public static HubConf Read(string file)
    {
        List<string> names = [];
        List<string> dependencies = [];
        HashSet<string> defined = new(StringComparer.Ordinal);
        var hasMore = false;
        List<(int Indent, bool Hides)> blocks = [];
        foreach (var line in new HubConfLines(file).Read())
        {
            blocks.RemoveAll(block => block.Indent >= line.Indent);
            var hidden = blocks.Exists(block => block.Hides);
            if (line.Tokens[^1].Is(":") && blocks.Count < MaxBlocks)
            {
                // The body of a function is its own; those of try, if and with belong to the module, but for what runs only as a script.
                blocks.Add((line.Indent, IsDefinition(line.Tokens) || line.Tokens.Any(token => token.Is("__name__"))));
            }

            if (!hidden)
            {
                hasMore |= Statement(line.Tokens, names, dependencies, defined);
            }
        }

        return new HubConf(names, dependencies, hasMore);

        static bool IsDefinition(HubConfToken[] tokens) => tokens[0].Is("def") || tokens[0].Is("class") || tokens[0].Is("async");
    }

    private static bool Statement(HubConfToken[] tokens, List<string> names, List<string> dependencies, HashSet<string> defined)
    {
        void Define(HubConfToken token)
        {
            var name = token.Text;
            if (token.Kind is HubConfToken.Kinds.Name && !char.IsDigit(name[0]) && defined.Count < MaxNames && defined.Add(name) && name[0] != '_')
            {
                names.Add(name);
            }
        }

        switch (tokens)
        {
            case [var def, var name, ..] when def.Is("def") || def.Is("class"):
                Define(name);
                return false;
            case [var asynchronous, var def, var name, ..] when asynchronous.Is("async") && def.Is("def"):
                Define(name);
                return false;
            case [var from, var module, ..] when from.Is("from"):
                return !module.Is("__future__") && Import(tokens, Define);
            case [var target, var sign, .. var value] when target.Is("dependencies") && sign.Is("="):
                dependencies.AddRange(value.Where(token => token.Kind is HubConfToken.Kinds.String).Select(token => token.Text).Take(MaxDependencies - dependencies.Count));
                return false;
            case [{ Kind: HubConfToken.Kinds.Name } target, var sign, .. var value] when sign.Is("=") && IsCallable(value, defined):
                Define(target);
                return false;
            default:
                return tokens.Any(token => token.Is("globals") || token.Is("setattr") || token.Is("exec"));
        }
    }

    // from a.b import c, d as e    from a import (c, d)    from a import *
    private static bool Import(HubConfToken[] tokens, Action<HubConfToken> define)
    {
        var at = 1;
        while (at < tokens.Length && !tokens[at].Is("import"))
        {
            at++;
        }

        for (at++; at < tokens.Length; at++)
        {
            if (tokens[at].Is("*"))
            {
                return true;
            }

            if (tokens[at].Kind is HubConfToken.Kinds.Name)
            {
                at += at + 2 < tokens.Length && tokens[at + 1].Is("as") ? 2 : 0;
                define(tokens[at]);
            }
        }

        return false;
    }

    // another name of a function, a partial application of one, or a lambda
    private static bool IsCallable(HubConfToken[] value, HashSet<string> defined) => value switch
    {
        [{ Kind: HubConfToken.Kinds.Name } only] => defined.Contains(only.Text),
        [var first, ..] => first.Is("lambda") || first.Is("partial") || (first.Is("functools") && value.Length > 2 && value[2].Is("partial")),
        _ => false,
    };
}
