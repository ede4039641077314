using System.Linq.Expressions;

namespace Terradev.ModelRegistry.Catalog;

/// <summary>The orders of a list: by a figure, largest first, or by id; the row's number settles ties, so that cursors are stable.</summary>
internal static class ModelOrder
{
    private static readonly Dictionary<ModelSort, (Expression<Func<ModelEntry, long>> Column, Func<ModelRow, long> Value)> Figures = new()
    {
        [ModelSort.Popularity] = (entry => entry.Popularity, row => row.Popularity),
        [ModelSort.Trending] = (entry => entry.Trending, row => row.Trending),
        [ModelSort.Newest] = (entry => entry.Created, row => row.Created),
        [ModelSort.Size] = (entry => entry.SizeBytes, row => row.SizeBytes),
        [ModelSort.Parameters] = (entry => entry.Parameters, row => row.Parameters),
        [ModelSort.Downloads] = (entry => entry.Downloads, row => row.Downloads),
        [ModelSort.Likes] = (entry => entry.Likes, row => row.Likes),
    };

    /// <summary>The rows behind the query's cursor in its order.</summary>
    /// <param name="models">Rows that match.</param>
    /// <param name="query">Names the order and the cursor.</param>
    /// <param name="few">
    /// True where few rows match: a database that thinks the conditions independent of each other may walk a whole index in this order
    /// for a row that never comes, so it is given an order that no index has.
    /// </param>
    public static IQueryable<ModelEntry> Apply(IQueryable<ModelEntry> models, ModelQuery query, bool few)
    {
        if (query.Sort is ModelSort.Id)
        {
            if (query.After is { Key: var key, Number: var number })
            {
                models = models.Where(entry => entry.Key.CompareTo(key) > 0 || (entry.Key == key && entry.Number > number));
            }

            return models.OrderBy(entry => entry.Key).ThenBy(entry => entry.Number);
        }

        var figure = Figures[query.Sort].Column;
        if (query.After is { } after)
        {
            models = models.Where(Behind(figure, after.Value, after.Number));
        }

        return models.OrderByDescending(few ? Plus(figure, 0) : figure).ThenBy(entry => entry.Number);
    }

    /// <summary>Where a page that ends with <paramref name="row"/> goes on.</summary>
    public static ModelQuery.Place PlaceOf(ModelRow row, ModelSort sort, bool near) =>
        new(sort, sort is ModelSort.Id ? 0 : Figures[sort].Value(row), row.Key, row.Number, near);

    // A parameter, which the translation does not leave out as it may a constant.
    private static Expression<Func<ModelEntry, long>> Plus(Expression<Func<ModelEntry, long>> figure, long nothing)
    {
        Expression<Func<long>> nothingOf = () => nothing;
        return Expression.Lambda<Func<ModelEntry, long>>(Expression.Add(figure.Body, nothingOf.Body), figure.Parameters);
    }

    // figure <= value and (figure < value or number > last): the first half alone tells the index where to begin.
    private static Expression<Func<ModelEntry, bool>> Behind(Expression<Func<ModelEntry, long>> figure, long value, long last)
    {
        var (entry, column) = (figure.Parameters[0], figure.Body);
        Expression<Func<long>> valueOf = () => value;
        Expression<Func<long>> lastOf = () => last;
        return Expression.Lambda<Func<ModelEntry, bool>>(
            Expression.AndAlso(
                Expression.LessThanOrEqual(column, valueOf.Body),
                Expression.OrElse(
                    Expression.LessThan(column, valueOf.Body),
                    Expression.GreaterThan(Expression.Property(entry, nameof(ModelEntry.Number)), lastOf.Body))),
            entry);
    }
}
