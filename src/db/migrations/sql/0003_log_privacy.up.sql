-- The log outlives a person who is deleted. Its rows now name an id and the changed columns; until now they held names,
-- emails and streets. Rows that already are as PersonalMessage of src/shop/logs.ts says stay. All others are composed of
-- fixed words and numbers: nothing else of the old text is copied.

UPDATE logs SET message = CASE
    WHEN message REGEXP
      '^(created|set a new password|login refused|logged in|logged in; renewed the hash of the password)$'
      OR message REGEXP '^(deleted|purged|anonymised) [(]addresses: [0-9]+[)]$'
      OR message REGEXP CONCAT(
        '^updated: ((username|email|password_hash|first_name|last_name|created_at|last_login',
        '|is_(active|admin) (true|false|0|1) → (true|false|0|1))(, |$))+$'
      )
      THEN message
    WHEN message REGEXP '^created [^ ]+ <[^ ]+>$' THEN 'created'
    WHEN message REGEXP '^[^ ]+ logged in$' THEN 'logged in'
    WHEN message REGEXP '^[^ ]+ logged in; the hash of the password was renewed$'
      THEN 'logged in; renewed the hash of the password'
    WHEN message REGEXP '^set a new password of [^ ]+$' THEN 'set a new password'
    WHEN message REGEXP '^(deleted|purged) [^ ]+ <[^ ]+>( |,|$)' THEN CONCAT(
      SUBSTRING_INDEX(message, ' ', 1), ' (addresses: ',
      COALESCE(NULLIF(REGEXP_SUBSTR(REGEXP_SUBSTR(message, '> with [0-9]+ address'), '[0-9]+'), ''), '0'), ')'
    )
    WHEN message REGEXP '^updated [^ ]+: ' THEN CONCAT('updated: ', CONCAT_WS(', ',
      IF(message REGEXP '(^updated [^ ]+: |, )username ', 'username', NULL),
      IF(message REGEXP '(^updated [^ ]+: |, )email ', 'email', NULL),
      IF(message REGEXP '(^updated [^ ]+: |, )first_name ', 'first_name', NULL),
      IF(message REGEXP '(^updated [^ ]+: |, )last_name ', 'last_name', NULL),
      NULLIF(REGEXP_SUBSTR(message, 'is_active (true|false|0|1) → (true|false|0|1)'), ''),
      NULLIF(REGEXP_SUBSTR(message, 'is_admin (true|false|0|1) → (true|false|0|1)'), ''),
      IF(message REGEXP '(^updated [^ ]+: |, )password_hash(,|$)', 'password_hash', NULL),
      IF(message REGEXP '(^updated [^ ]+: |, )created_at ', 'created_at', NULL),
      IF(message REGEXP '(^updated [^ ]+: |, )last_login ', 'last_login', NULL)
    ))
    ELSE 'changed'
  END
  WHERE entity = 'users';

UPDATE logs SET message = CASE
    WHEN message REGEXP '^(added for|removed from) user [0-9]+$'
      OR message REGEXP CONCAT(
        '^updated for user [0-9]+: ((street|city|postal_code|country',
        '|address_type (billing|shipping) → (billing|shipping))(, |$))+$'
      )
      THEN message
    WHEN message REGEXP '^(added|removed) a (billing|shipping) address of [^ ]+$' THEN SUBSTRING_INDEX(message, ' ', 1)
    WHEN message REGEXP '^updated a (billing|shipping) address of [^ ]+: ' THEN CONCAT('updated: ', CONCAT_WS(', ',
      NULLIF(REGEXP_SUBSTR(message, 'address_type (billing|shipping) → (billing|shipping)'), ''),
      IF(message REGEXP '(of [^ ]+: |, )street ', 'street', NULL),
      IF(message REGEXP '(of [^ ]+: |, )city ', 'city', NULL),
      IF(message REGEXP '(of [^ ]+: |, )postal_code ', 'postal_code', NULL),
      IF(message REGEXP '(of [^ ]+: |, )country ', 'country', NULL)
    ))
    ELSE 'changed'
  END
  WHERE entity = 'addresses';

ALTER TABLE logs COMMENT = 'ids and names of changed columns; no personal data';
